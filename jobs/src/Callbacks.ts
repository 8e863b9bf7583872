/**
 * Tells a server of yours what happens to jobs, by the Standard Webhooks: https://www.standardwebhooks.com
 *
 * @since 0.2.0
 */
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { show } from "effect-openrouter-images/Issue"
import { InvalidOptionsError } from "./Errors.js"
import type { Event } from "./Event.js"
import * as Tables from "./internal/database/tables.js"
import * as Consumer from "./internal/job/consumer.js"

/**
 * @since 0.2.0
 * @category models
 */
export interface Options {
  /** Where each event is sent, by POST. */
  readonly url: string
  /** What signs each event, at least 24 characters. Its receiver has the same. */
  readonly secret: Redacted.Redacted
  /** Under which name the database keeps how far it is. Another name begins anew. Default: the URL. */
  readonly name?: string | undefined
}

const check = ({ secret, url }: Options): Effect.Effect<void, InvalidOptionsError> => {
  const issues = [
    ...(URL.canParse(url) && /^https?:/.test(url)
      ? []
      : [{ path: ["url"], message: `must be an absolute http(s) URL, got ${show(url)}` }]),
    ...(Redacted.value(secret).length >= 24 ? [] : [{ path: ["secret"], message: "must have at least 24 characters" }]),
    ...(/^(?!whsec_)|^whsec_[A-Za-z0-9+/]+={0,2}$/.test(Redacted.value(secret))
      ? []
      : [{ path: ["secret"], message: "must have base64 after whsec_" }])
  ]
  return issues.length === 0 ? Effect.void : Effect.fail(new InvalidOptionsError({ issues }))
}

/** A secret in the form of Standard Webhooks is base64; any other counts as it is. */
const keyOf = (secret: string): Uint8Array<ArrayBuffer> =>
  secret.startsWith("whsec_")
    ? Uint8Array.from(atob(secret.slice(6)), (character) => character.charCodeAt(0))
    : new TextEncoder().encode(secret)

/**
 * The signature of a message: HMAC-SHA256 over its id, its time in seconds and its body. A receiver computes the same.
 *
 * @since 0.2.0
 * @category signatures
 * @example
 * ```ts
 * import { Effect, Redacted } from "effect"
 * import * as Callbacks from "effect-openrouter-images-jobs/Callbacks"
 *
 * const isGenuine = (headers: Headers, body: string, secret: Redacted.Redacted) =>
 *   Callbacks.sign(secret, {
 *     id: headers.get("webhook-id") ?? "",
 *     seconds: Number(headers.get("webhook-timestamp")),
 *     body
 *   }).pipe(Effect.map((signature) => headers.get("webhook-signature") === signature))
 * ```
 */
export const sign = (
  secret: Redacted.Redacted,
  { body, id, seconds }: { readonly id: string; readonly seconds: number; readonly body: string }
): Effect.Effect<string> =>
  Effect.promise(async () => {
    const raw = keyOf(Redacted.value(secret))
    const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
    const signed = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${id}.${seconds}.${body}`))
    return `v1,${Encoding.encodeBase64(new Uint8Array(signed))}`
  })

const bodyOf = ({ at, cursor, item, job, kind }: Event): string =>
  JSON.stringify({
    type: kind === "ended" ? "job.ended" : `item.${kind}`,
    timestamp: new Date(at).toISOString(),
    data: { job, ...(item === undefined ? {} : { item }), cursor }
  })

/** Until the server takes it: soon at first, then every minute. */
const untilTaken = Schedule.union(Schedule.exponential("1 second", 2), Schedule.spaced("1 minute")).pipe(
  Schedule.jittered
)

const deliver =
  ({ secret, url }: Options, client: HttpClient.HttpClient) =>
  (event: Event): Effect.Effect<void> =>
    Effect.gen(function* () {
      const body = bodyOf(event)
      const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1_000)
      const signature = yield* sign(secret, { id: event.cursor, seconds, body })
      const request = HttpClientRequest.post(url, {
        headers: {
          "webhook-id": event.cursor,
          "webhook-timestamp": String(seconds),
          "webhook-signature": signature
        },
        body: HttpBody.text(body, "application/json")
      })
      yield* HttpClient.filterStatusOk(client).execute(request).pipe(Effect.scoped, Effect.timeout("30 seconds"))
    }).pipe(
      Effect.tapErrorCause((cause) => Effect.logWarning(`A callback was not taken; it is sent again`, cause)),
      Effect.retry(untilTaken),
      Effect.orDie
    )

/**
 * Sends each event of all jobs (`Jobs.events`) to a URL, in their order, at least once each. One is sent again until
 * the server answers with a 2xx; those after it wait. Put it beside the workers: of many, one at a time sends.
 *
 * The body is JSON: `{"type":"item.done","timestamp":"2026-11-30T12:00:00.000Z","data":{"job":"catalogue","item":"…",
 * "cursor":"0.17"}}`. `webhook-id` is the cursor, which is the same when an event comes twice.
 *
 * @since 0.2.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer, Redacted } from "effect"
 * import * as Callbacks from "effect-openrouter-images-jobs/Callbacks"
 * import * as Postgres from "effect-openrouter-images-jobs/Postgres"
 *
 * const CallbacksLive = Callbacks.layer({
 *   url: "https://shop.example/pictures",
 *   secret: Redacted.make("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
 * }).pipe(
 *   Layer.provide(FetchHttpClient.layer),
 *   Layer.provide(Postgres.layerClient({ url: Redacted.make("postgres://localhost/pictures") }))
 * )
 * ```
 */
export const layer = (
  options: Options
): Layer.Layer<never, InvalidOptionsError, HttpClient.HttpClient | SqlClient.SqlClient> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      yield* check(options)
      const client = yield* HttpClient.HttpClient
      yield* Effect.forkScoped(Consumer.run(options.name ?? options.url, deliver(options, client)))
    })
  ).pipe(Layer.provide(Tables.layer))
