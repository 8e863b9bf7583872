/**
 * The package of jobs, which is optional: it brings databases, one of which may have to be compiled. It is imported here alone, and only when a command
 * of `job` runs.
 */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { UsageError } from "../Failure.js"

const name = "effect-openrouter-images-jobs"

const notInstalled = new UsageError({
  problem: `\`job\` needs the package ${name}, which is not installed.`,
  advice: `Install it beside this one: npm install ${name}`
})

/** Not found itself; where one of its own dependencies is missing, that is another matter. */
const isMissing = (error: unknown): boolean =>
  Predicate.hasProperty(error, "code") &&
  error.code === "ERR_MODULE_NOT_FOUND" &&
  String(error).includes(`Cannot find package '${name}'`)

const loaded = <A>(load: () => Promise<A>): Effect.Effect<A, UsageError> =>
  Effect.tryPromise({ try: load, catch: (error) => error }).pipe(
    Effect.catchAll((error) => (isMissing(error) ? Effect.fail(notInstalled) : Effect.die(error)))
  )

export const jobs = loaded(() => import("effect-openrouter-images-jobs"))
export const sqlite = loaded(() => import("effect-openrouter-images-jobs/Sqlite"))

/** Its driver has Node print a warning for those who program with it. */
const withoutDeprecations = Effect.sync(() => {
  process.noDeprecation = true
})

export const postgres = Effect.zipRight(
  withoutDeprecations,
  loaded(() => import("effect-openrouter-images-jobs/Postgres"))
)
