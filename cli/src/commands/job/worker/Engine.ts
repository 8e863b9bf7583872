/** What carries the jobs out in this process: over a file of SQLite alone, over PostgreSQL with others. */
import * as Effect from "effect/Effect"
import { UsageError } from "../../../failure/Failure.js"
import type { Target } from "../database/Target.js"
import * as Package from "../Package.js"
import { freePort } from "./Port.js"
import type { WorkerOptions } from "./WorkerOptions.js"

const postgresOnly = (option: string): UsageError =>
  new UsageError({
    problem: `${option} is for workers of PostgreSQL; a file of SQLite has one worker, whom nobody has to reach.`,
    advice: "Leave it out, or name a PostgreSQL with --database."
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
