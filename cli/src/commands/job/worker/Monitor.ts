/** What a supervisor asks a worker: what `--monitor` says, as a layer. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import { UsageError } from "../../../failure/Failure.js"
import * as Package from "../Package.js"
import { freePort } from "./Port.js"
import type { Address } from "./View.js"

const listenError = ({ host, port }: Address, error: { readonly cause: unknown }): UsageError => {
  const reason = Predicate.hasProperty(error.cause, "message") ? String(error.cause.message) : "no reason given"
  return new UsageError({
    problem: `The monitor cannot listen at ${host}, port ${port}: ${reason}.`,
    advice: "Choose another port for --monitor, 0 for any that is free, and an address of this machine for HOST."
  })
}

/** The monitor as a layer, and where it is. */
export const make = (given: Address) =>
  Effect.gen(function* () {
    const address = given.port === 0 ? { ...given, port: yield* freePort(given.host, "--monitor") } : given
    const { layer } = yield* Package.monitor
    const { host, port } = address
    return {
      layer: Layer.mapError(layer(address), (error) => listenError(address, error)),
      url: `http://${host.includes(":") ? `[${host}]` : host}:${port}/health`
    }
  })
