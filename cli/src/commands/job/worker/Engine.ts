/** The engine that runs the jobs in this process: alone on an SQLite file, with others on PostgreSQL. */
import * as Effect from "effect/Effect"
import { UsageError } from "../../../failure/Failure.js"
import type { Target } from "../database/Target.js"
import * as Package from "../Package.js"
import { freePort } from "./Port.js"
import type { WorkerOptions } from "./WorkerOptions.js"

const postgresOnly = (option: string): UsageError =>
  new UsageError({
    problem: `${option} is only for PostgreSQL: an SQLite file has a single worker, which no other has to reach.`,
    advice: "Leave it out, or name a PostgreSQL database with --database."
  })

/** The engine as a layer, and where other workers reach it. */
export const make = (target: Target, { host = "127.0.0.1", ...given }: WorkerOptions) =>
  Effect.gen(function* () {
    if (target._tag === "File") {
      if (given.port !== undefined) return yield* postgresOnly("--port")
      const { layer } = yield* Package.sqlite
      return { layer: layer({ filename: target.path }), address: undefined }
    }
    const port = given.port ?? (yield* freePort(host, "--host"))
    const { layer } = yield* Package.postgres
    return { layer: layer({ url: target.url, host, port }), address: `${host}:${port}` }
  })
