/** What a supervisor asks a worker: what `--monitor` says. */
import * as Effect from "effect/Effect"
import * as Package from "../Package.js"
import { freePort, listenError } from "./Port.js"
import type { Address } from "./View.js"

/** Serves the monitor. The layer that it gives tells it the database. */
export const serve = (given: Address) =>
  Effect.gen(function* () {
    const address = given.port === 0 ? { ...given, port: yield* freePort(given.host, "--monitor") } : given
    const { serve } = yield* Package.monitor
    const layer = yield* Effect.mapError(serve(address), (error) =>
      listenError("The monitor", "--monitor", address, error)
    )
    const { host, port } = address
    return { layer, url: `http://${host.includes(":") ? `[${host}]` : host}:${port}/health` }
  })
