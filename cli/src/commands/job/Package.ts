/**
 * The optional package of jobs: it brings databases, one of which may have to be compiled. Only this file imports it,
 * and only when a command of `job` runs. A store in a bucket also needs Amazon's client, and `--view` the package of the
 * web view; both are optional too.
 */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { UsageError } from "../../failure/Failure.js"

/**
 * The wanted package that is not installed, by an error of `import` or of `require`. A missing dependency of one of
 * them is another matter.
 */
const findMissing = (error: unknown, wanted: ReadonlyArray<string>): string | undefined =>
  Predicate.hasProperty(error, "code") && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code))
    ? wanted.find((name) => new RegExp(`Cannot find (package|module) '${name}['/]`).test(String(error)))
    : undefined

const installError = (what: string, name: string): UsageError =>
  new UsageError({
    problem: `${what} needs the package ${name}, which is not installed.`,
    advice: `Install it beside this one: npm install ${name}`
  })

const name = "effect-openrouter-images-jobs"
const s3Client = "@aws-sdk/client-s3"
const viewName = "effect-openrouter-images-jobs-view"

const load = <A>(load: () => Promise<A>): Effect.Effect<A, UsageError> =>
  Effect.tryPromise({ try: load, catch: (error) => error }).pipe(
    Effect.catchAll((error) => {
      switch (findMissing(error, [name, s3Client, viewName])) {
        case name:
          return Effect.fail(installError("`job`", name))
        case s3Client:
          return Effect.fail(installError("A store in a bucket", s3Client))
        case viewName:
          return Effect.fail(installError("`--view`", viewName))
        default:
          return Effect.die(error)
      }
    })
  )

export const jobs = load(() => import("effect-openrouter-images-jobs"))
export const sqlite = load(() => import("effect-openrouter-images-jobs/Sqlite"))

/** Its driver makes Node print a warning meant for programmers. */
const silenceDeprecations = Effect.sync(() => {
  process.noDeprecation = true
})

export const postgres = Effect.zipRight(
  silenceDeprecations,
  load(() => import("effect-openrouter-images-jobs/Postgres"))
)

/** Its client would print on stderr which versions of Node it will require one day. */
const silenceForecast = Effect.sync(() => {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true"
})

export const s3 = Effect.zipRight(
  silenceForecast,
  load(() => import("effect-openrouter-images-jobs/S3"))
)

export const callbacks = load(() => import("effect-openrouter-images-jobs/Callbacks"))
export const monitor = load(() => import("effect-openrouter-images-jobs/Monitor"))

export const view = load(() => import("effect-openrouter-images-jobs-view"))
