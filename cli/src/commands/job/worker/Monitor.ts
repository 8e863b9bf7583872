/** What a supervisor asks a worker: what `--monitor` says, as a layer. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Package from "../Package.js"
import { freePort, listenError } from "./Port.js"
import type { Address } from "./View.js"

/** The monitor as a layer, and where it is. */
export const make = (given: Address) =>
  Effect.gen(function* () {
    const address = given.port === 0 ? { ...given, port: yield* freePort(given.host, "--monitor") } : given
    const { layer } = yield* Package.monitor
    const { host, port } = address
    return {
      layer: Layer.mapError(layer(address), (error) => listenError("The monitor", "--monitor", address, error)),
      url: `http://${host.includes(":") ? `[${host}]` : host}:${port}/health`
    }
  })
