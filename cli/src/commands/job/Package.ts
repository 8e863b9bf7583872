/**
 * The optional package of jobs: it brings databases, one of which may have to be compiled. Only this file imports it,
 * and only when a command of `job` runs. A store in a bucket also needs Amazon's client, and `--view` the package of the
 * web view; both are optional too.
 */
import * as Effect from "effect/Effect"
import type { UsageError } from "../../failure/Failure.js"
import * as OptionalPackage from "../OptionalPackage.js"

const name = "effect-openrouter-images-jobs"
const s3Client = "@aws-sdk/client-s3"
const viewName = "effect-openrouter-images-jobs-view"

/** What needs each package. */
const users = { [name]: "`job`", [s3Client]: "A store in a bucket", [viewName]: "`--view`" }

const load = <A>(load: () => Promise<A>): Effect.Effect<A, UsageError> => OptionalPackage.load(load, users)

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
