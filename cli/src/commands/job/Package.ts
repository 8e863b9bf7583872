/**
 * The optional package of jobs: it brings databases, one of which may have to be compiled. Only this file imports it,
 * and only when a command of `job` runs. A store in a bucket also needs Amazon's client, and `--view` the package of the
 * web view; both are optional too.
 */
import * as Effect from "effect/Effect"
import * as OptionalPackage from "../../OptionalPackage.js"

const wanted = {
  "effect-openrouter-images-jobs": "`job`",
  "@aws-sdk/client-s3": "A store in a bucket",
  "effect-openrouter-images-jobs-view": "`--view`"
}

const load = <A>(module: () => Promise<A>) => OptionalPackage.load(wanted, module)

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
