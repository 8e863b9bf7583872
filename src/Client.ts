/**
 * OpenRouter as a service: where it is, who calls, how long to wait and when to try again.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import type * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as Errors from "./Errors.js"
import { sendBuffered } from "./internal/attempt/buffered.js"
import type { ResponseSpec } from "./internal/attempt/outcome.js"
import { sendStreamed } from "./internal/attempt/streamed.js"
import * as ClientConfig from "./internal/client/config.js"
import { requestInitOf, withFetchOptions } from "./internal/client/fetchOptions.js"
import { makeRedactor } from "./internal/client/redaction.js"
import * as Settings from "./internal/client/settings.js"
import { withHooks } from "./internal/layer/attemptHooks.js"
import { bestEffort } from "./internal/layer/bestEffort.js"
import { encodeBody } from "./internal/request/body.js"
import { present } from "./internal/schema/present.js"
import * as Retry from "./Retry.js"
import type { ImageGenerationResponse } from "./Schema/ImageGenerationResponse.js"
import type { ImageStreamEvent } from "./Schema/ImageStreamEvent.js"

/**
 * Everything a client can be told; all of it is optional.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientOptions {
  /** The API key, without quotes or `Bearer`; white space around it is left out. Discovery needs none. */
  readonly apiKey?: Redacted.Redacted | undefined
  /** An absolute http(s) URL; white space around it is left out. Default: `https://openrouter.ai/api/v1`. */
  readonly baseUrl?: string | undefined
  /** The address of your app, for OpenRouter's rankings: the header `HTTP-Referer`. */
  readonly httpReferer?: string | undefined
  /** The name of your app: the header `X-OpenRouter-Title`. */
  readonly appTitle?: string | undefined
  /** The categories of your app: the header `X-OpenRouter-Categories`. */
  readonly appCategories?: string | ReadonlyArray<string> | undefined
  /** Headers of every request; they win over the client's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * The longest an attempt may take, headers and body together; for a stream, the longest silence before its head or between its bytes.
   * Default: 5 minutes for `generate` and `generateStream`, 30 seconds for discovery.
   */
  readonly timeout?: Duration.DurationInput | undefined
  /**
   * When to try again. Default: `Retry.safe` for `generate`, `Retry.eager` for discovery. A bare Schedule means these delays, on the
   * failures that cost nothing.
   */
  readonly retry?: Retry.Policy | Schedule.Schedule<unknown, Errors.OpenRouterError> | undefined
  /** The most bytes that one event of a stream may have; a larger one is a ResponseValidationError. Default: 256 MiB. */
  readonly maxEventBytes?: number | undefined
  /**
   * The most bytes that an answer in one piece may have, after decompression; a larger one is a ResponseValidationError that keeps the pictures
   * which had arrived whole. Default: 1 GiB.
   */
  readonly maxResponseBytes?: number | undefined
  /**
   * The most bytes that a request may have as JSON in UTF-8, references as base64 included; a larger one is an InvalidRequestError, and is not
   * sent. Default: 256 MiB. A text of JavaScript ends at about 512 MiB, whatever stands here.
   */
  readonly maxRequestBytes?: number | undefined
  /** Lets the key go to an `http:` base URL that is not on this machine. Default: false. */
  readonly allowInsecure?: boolean | undefined
  /** Wraps the HttpClient. It sees each attempt's whole request, the key included. */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

/**
 * What one call can be told; it wins over the client's options.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestOptions {
  readonly retry?: Retry.Policy | Schedule.Schedule<unknown, Errors.OpenRouterError> | undefined
  readonly timeout?: Duration.DurationInput | undefined
  /** Added to the client's headers, and winning over them. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly baseUrl?: string | undefined
  readonly maxEventBytes?: number | undefined
  readonly maxResponseBytes?: number | undefined
  readonly maxRequestBytes?: number | undefined
  /**
   * Runs for each sign of life that a server sends while it draws (a comment of a stream, white space before a JSON answer), with the time
   * since the call began. If it dies there is a warning, and the call goes on.
   */
  readonly onKeepAlive?: ((elapsed: Duration.Duration) => Effect.Effect<void>) | undefined
  /**
   * Runs before each attempt is sent, and may make it wait; the attempt's timeout starts after it. If it dies, so does the call: nothing has
   * been sent.
   */
  readonly onAttempt?: Effect.Effect<void> | undefined
  /**
   * Runs after each attempt, also one that is tried again, with how it ended: a stream's succeeds with its first event. An attempt that is
   * interrupted has no end. If the hook dies there is a warning, and what the attempt came to stands.
   */
  readonly onAttemptEnd?: ((exit: Exit.Exit<void, Errors.OpenRouterError>) => Effect.Effect<void>) | undefined
  /** For `fetch` itself, where the HttpClient is a FetchHttpClient. A `signal` in it is not heard: interrupt the effect. */
  readonly fetchOptions?: RequestInit | undefined
}

/**
 * One operation as the client executes it: what is sent, how the answer is read, and the operation's own defaults.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call<A, E> extends ResponseSpec<A, E> {
  readonly method: "GET" | "POST"
  /** Below the base URL, escaped, with its leading slash. */
  readonly path: string
  /** The media types that can be read. */
  readonly accept: string
  /** The JSON of the body. */
  readonly body?: unknown
  readonly timeout: Duration.Duration
  readonly retry: Retry.Policy
}

/**
 * The client as a service: how a call is executed, whatever the operation.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Executes a call, with its retries, to one value or one tagged error. */
  readonly execute: <A, E extends Errors.ResponseError>(
    call: Call<A, E>,
    options?: RequestOptions
  ) => Effect.Effect<A, E | Errors.OpenRouterDefaultError | Errors.ClientSideError>
  /** Executes a generation whose answer may be a stream. It is tried again only until its first event. */
  readonly stream: <E extends Errors.ResponseError>(
    call: Call<ImageGenerationResponse, E>,
    options?: RequestOptions
  ) => Stream.Stream<
    ImageStreamEvent,
    E | Errors.OpenRouterDefaultError | Errors.ClientSideError | Errors.ImageStreamError | Errors.IncompleteStreamError
  >
}

/**
 * The tag of the client, which `Images.layer` asks for.
 *
 * @since 0.1.0
 * @category tags
 */
export class OpenRouterClient extends Context.Tag("effect-openrouter-images/OpenRouterClient")<
  OpenRouterClient,
  Service
>() {}

const merge = (client: ClientOptions, call: RequestOptions): ClientOptions => ({
  ...client,
  headers: { ...client.headers, ...call.headers },
  baseUrl: call.baseUrl ?? client.baseUrl,
  timeout: call.timeout ?? client.timeout,
  retry: call.retry ?? client.retry,
  maxEventBytes: call.maxEventBytes ?? client.maxEventBytes,
  maxResponseBytes: call.maxResponseBytes ?? client.maxResponseBytes,
  maxRequestBytes: call.maxRequestBytes ?? client.maxRequestBytes
})

/** What a call sends and how long it waits, or every fault of the options and of the body. */
const prepare = <A, E>(call: Call<A, E>, options: ClientOptions) => {
  const redact = makeRedactor(Settings.secretsOf(options))
  const refuse = (issues: ReadonlyArray<Errors.Issue>) =>
    Effect.fail(new Errors.InvalidRequestError({ operation: call.operation, issues: redact.issues(issues) }))
  const { baseUrl, headers, issues } = Settings.head(options)
  const limits = Settings.limits({ timeout: call.timeout, ...present(options) })
  if (issues.length > 0 || Either.isLeft(limits)) {
    return refuse([...issues, ...Either.getOrElse(Either.flip(limits), () => [])])
  }
  const empty = HttpClientRequest.make(call.method)(`${baseUrl}${call.path}`, {
    headers: { accept: call.accept, ...headers }
  })
  const { maxRequestBytes, ...how } = limits.right
  const body = call.body === undefined ? undefined : encodeBody(call.body, maxRequestBytes)
  if (body !== undefined && Either.isLeft(body)) return refuse(body.left)
  const request = body === undefined ? empty : HttpClientRequest.bodyUint8Array(empty, body.right, "application/json")
  const policy = options.retry === undefined ? call.retry : Retry.fromOption(options.retry)
  return Effect.map(Retry.toSchedule(policy), (schedule) => ({ ...how, request, schedule, redact }))
}

/** Tells the caller of a sign of life how long the call has lasted. */
const keepAliveOf = (onKeepAlive: RequestOptions["onKeepAlive"]): Effect.Effect<Effect.Effect<void>> =>
  onKeepAlive === undefined
    ? Effect.succeed(Effect.void)
    : Effect.map(Clock.currentTimeMillis, (start) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          bestEffort("The hook onKeepAlive is broken", () => onKeepAlive(Duration.millis(now - start)))
        )
      )

/**
 * The client over the HttpClient in the context.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Effect, Redacted } from "effect"
 * import { Client } from "effect-openrouter-images"
 *
 * const client = Client.make({ apiKey: Redacted.make("sk-or-...") }).pipe(Effect.provide(FetchHttpClient.layer))
 * ```
 */
export const make = (options: ClientOptions = {}): Effect.Effect<Service, never, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const base = yield* HttpClient.HttpClient
    // Asked for when it is first needed, so that making the client leaves the HttpClient alone.
    const init = yield* Effect.cached(requestInitOf(base))
    // The operation has a span of its own. The HttpClient's would hold every header of the answer, even one that echoes the key,
    // and send trace headers to a stranger, which in a browser fails its CORS check.
    const plain = HttpClient.withTracerDisabledWhen(base, () => true)
    const transformed = options.transformClient === undefined ? plain : options.transformClient(plain)
    // With its scope an attempt closes its connection, wherever it then is.
    const client = HttpClient.withScope(transformed)
    const prepared = <A, E>(call: Call<A, E>, callOptions: RequestOptions) =>
      Effect.all([prepare(call, merge(options, callOptions)), keepAliveOf(callOptions.onKeepAlive)])
    return OpenRouterClient.of({
      execute: (call, callOptions = {}) =>
        Effect.flatMap(prepared(call, callOptions), ([{ request, schedule, ...how }, keepAlive]) =>
          sendBuffered(client, request, { ...how, spec: call, keepAlive }).pipe(
            withFetchOptions(init, call.method, callOptions.fetchOptions),
            withHooks(callOptions),
            Effect.retry(schedule)
          )
        ),
      stream: (call, callOptions = {}) =>
        Stream.unwrapScoped(
          Effect.flatMap(prepared(call, callOptions), ([{ request, schedule, ...how }, keepAlive]) =>
            sendStreamed(client, request, { ...how, spec: call, keepAlive }).pipe(
              withFetchOptions(init, call.method, callOptions.fetchOptions),
              withHooks(callOptions),
              Effect.retry(schedule)
            )
          )
        )
    })
  })

/**
 * The client with options in hand.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer, Redacted } from "effect"
 * import { Client } from "effect-openrouter-images"
 *
 * const ClientLive = Client.layer({ apiKey: Redacted.make("sk-or-..."), timeout: "2 minutes" }).pipe(
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 */
export const layer = (options: ClientOptions = {}): Layer.Layer<OpenRouterClient, never, HttpClient.HttpClient> =>
  Layer.effect(OpenRouterClient, make(options))

/**
 * The client with options from a ConfigProvider. Without an argument: `OPENROUTER_API_KEY` (required), `OPENROUTER_BASE_URL`,
 * `OPENROUTER_HTTP_REFERER`, `OPENROUTER_APP_TITLE` and `OPENROUTER_APP_CATEGORIES`.
 *
 * A value that is missing or not valid is a ConfigError that names it. `retry` and `transformClient` may be given as they are.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Config, Layer } from "effect"
 * import { Client, Retry } from "effect-openrouter-images"
 *
 * const ClientLive = Client.layerConfig({
 *   apiKey: Config.redacted("MY_KEY"),
 *   timeout: Config.duration("MY_TIMEOUT").pipe(Config.withDefault("2 minutes")),
 *   retry: Retry.none
 * }).pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 */
export const layerConfig = (
  config?: Config.Config.Wrap<ClientOptions> | ClientConfig.Options
): Layer.Layer<OpenRouterClient, ConfigError, HttpClient.HttpClient> =>
  Layer.effect(OpenRouterClient, Effect.flatMap(ClientConfig.read(config), make))
