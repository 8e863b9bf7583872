/**
 * OpenRouter as a service: its address, your key, timeouts and retries.
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
import { type AnswerHooks, sendBuffered } from "./internal/attempt/buffered.js"
import type { ResponseSpec } from "./internal/attempt/outcome.js"
import { sendStreamed } from "./internal/attempt/streamed.js"
import * as ClientConfig from "./internal/client/config.js"
import { requestInitOf, withFetchOptions } from "./internal/client/fetchOptions.js"
import { type Head, headsOf } from "./internal/client/heads.js"
import * as Settings from "./internal/client/settings.js"
import { withHooks } from "./internal/layer/attemptHooks.js"
import { bestEffort } from "./internal/layer/bestEffort.js"
import { encodeBody } from "./internal/request/body.js"
import { retryWith } from "./internal/retry/retryWith.js"
import * as Retry from "./Retry.js"
import type { ImageGenerationResponse } from "./Schema/ImageGenerationResponse.js"
import type { ImageStreamEvent } from "./Schema/ImageStreamEvent.js"

/**
 * An API key: any `Redacted` text, which no log shows. The parameter is there for the compiler's errors about a plain
 * text, which name it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiKey<_Example extends string = "Redacted.make(key)"> extends Redacted.Redacted {}

/**
 * Options of a client. All are optional.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientOptions {
  /**
   * The API key, such as `Redacted.make("sk-or-...")`, without quotes or `Bearer`. White space around it is removed.
   * Discovery needs none.
   */
  readonly apiKey?: ApiKey | undefined
  /** An absolute http(s) URL. White space around it is removed. Default: `https://openrouter.ai/api/v1`. */
  readonly baseUrl?: string | undefined
  /** The address of your app, for OpenRouter's rankings: the header `HTTP-Referer`. */
  readonly httpReferer?: string | undefined
  /** The name of your app: the header `X-OpenRouter-Title`. */
  readonly appTitle?: string | undefined
  /** The categories of your app: the header `X-OpenRouter-Categories`. */
  readonly appCategories?: string | ReadonlyArray<string> | undefined
  /** Headers for every request. They win over the client's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * The longest that an attempt may take, headers and body together. For a stream, the longest silence before its head
   * or between its bytes. Default: 5 minutes for `generate` and `generateStream`, 30 seconds for discovery.
   */
  readonly timeout?: Duration.DurationInput | undefined
  /**
   * When to retry. Default: `Retry.safe` for `generate`, `Retry.eager` for discovery. A bare Schedule means these
   * delays, for failures that cost nothing.
   */
  readonly retry?: Retry.Policy | Schedule.Schedule<unknown, Errors.OpenRouterError> | undefined
  /** The largest event of a stream, in bytes. A larger one fails with ResponseValidationError. Default: 256 MiB. */
  readonly maxEventBytes?: number | undefined
  /**
   * The largest buffered answer, in bytes after decompression. A larger one fails with ResponseValidationError, which
   * keeps the pictures that had arrived whole. Default: 1 GiB.
   */
  readonly maxResponseBytes?: number | undefined
  /**
   * The largest request, in bytes of JSON in UTF-8, references as base64 included. A larger one fails with
   * InvalidRequestError and is not sent. Default: 256 MiB. A JavaScript string ends at about 512 MiB, whatever this
   * option says.
   */
  readonly maxRequestBytes?: number | undefined
  /** Lets the key go to an `http:` base URL that is not on this machine. Default: false. */
  readonly allowInsecure?: boolean | undefined
  /** Wraps the HttpClient. It sees the whole request of each attempt, including the key. */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

/**
 * Options of one call. They win over the client's options.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestOptions {
  readonly retry?: Retry.Policy | Schedule.Schedule<unknown, Errors.OpenRouterError> | undefined
  readonly timeout?: Duration.DurationInput | undefined
  /** Headers added to the client's. These win. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly baseUrl?: string | undefined
  readonly maxEventBytes?: number | undefined
  readonly maxResponseBytes?: number | undefined
  readonly maxRequestBytes?: number | undefined
  /**
   * How `generate` asks for its answer. The response is the same.
   *
   * - `json` (the default): as JSON, whose head comes when the server has something to send.
   * - `events`: as a stream, which `generate` joins. Its head comes at once, so a call that is cut or times out almost
   *   always knows its generation's id (`Generations`), and keep-alives show life. Previews may come with it, which are
   *   dropped. A provider that cannot stream answers with JSON. A failure that comes as an event has no status of its
   *   own: without a code it is an OpenRouterDefaultError with status 200, which is not retried by default.
   * - `auto`: `events` for the models that stream, `json` for all others, and while the list of models cannot be had. It
   *   lists the models once in ten minutes, for each base URL, and waits up to 5 seconds for it.
   */
  readonly wire?: "auto" | "json" | "events" | undefined
  /**
   * Runs at each keep-alive that the server sends while it draws (a comment in a stream, white space before a JSON
   * answer), with the time since the call began. If it dies, the call logs a warning and goes on.
   */
  readonly onKeepAlive?: ((elapsed: Duration.Duration) => Effect.Effect<void>) | undefined
  /**
   * Runs when the head of an answer arrives and names the generation, long before its pictures may. The id is what
   * `Generations` asks by, even if this program ends before the answer does. The answer is read on when the hook has
   * ended. If it dies, the call logs a warning and goes on.
   */
  readonly onGenerationId?: ((generationId: string) => Effect.Effect<void>) | undefined
  /**
   * Runs before each attempt is sent, and may delay it. The attempt's timeout starts after it. If it dies, so does the
   * call: nothing has been sent.
   */
  readonly onAttempt?: Effect.Effect<void> | undefined
  /**
   * Runs after each attempt with its outcome, also when the attempt is retried or has died. A stream's attempt succeeds
   * with its first event. An interrupted attempt has no end. If the hook dies, the call logs a warning, and the
   * attempt's outcome stands.
   */
  readonly onAttemptEnd?: ((exit: Exit.Exit<void, Errors.OpenRouterError>) => Effect.Effect<void>) | undefined
  /**
   * Options for `fetch` itself, where the HttpClient is a FetchHttpClient. A `signal` in it is ignored: interrupt the
   * effect instead.
   */
  readonly fetchOptions?: RequestInit | undefined
}

/**
 * One operation as the client executes it: what to send, how to read the answer, and the operation's own defaults.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call<A, E> extends ResponseSpec<A, E> {
  readonly method: "GET" | "POST"
  /** Path below the base URL, escaped, with a leading slash. */
  readonly path: string
  /** The media types that the operation can read. */
  readonly accept: string
  /** The body, as JSON. */
  readonly body?: unknown
  readonly timeout: Duration.Duration
  readonly retry: Retry.Policy
}

/**
 * The client as a service: it executes a call, whatever the operation.
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
  /** Executes a generation whose answer may be a stream. It is retried only until its first event. */
  readonly stream: <E extends Errors.ResponseError>(
    call: Call<ImageGenerationResponse, E>,
    options?: RequestOptions
  ) => Stream.Stream<
    ImageStreamEvent,
    E | Errors.OpenRouterDefaultError | Errors.ClientSideError | Errors.ImageStreamError | Errors.IncompleteStreamError
  >
}

/**
 * The tag of the client that `Images.layer` needs.
 *
 * @since 0.1.0
 * @category tags
 */
export class OpenRouterClient extends Context.Tag("effect-openrouter-images/OpenRouterClient")<
  OpenRouterClient,
  Service
>() {}

/** What a call sends and how long it waits, or every fault of the options and of the body. */
const prepare = <A, E>(call: Call<A, E>, client: ClientOptions, options: RequestOptions, head: Head) => {
  const { baseUrl, headers, issues, redact } = head
  const refuse = (issues: ReadonlyArray<Errors.Issue>) =>
    Effect.fail(new Errors.InvalidRequestError({ operation: call.operation, issues: redact.issues(issues) }))
  const limits = Settings.limits({
    timeout: options.timeout ?? client.timeout ?? call.timeout,
    maxEventBytes: options.maxEventBytes ?? client.maxEventBytes,
    maxResponseBytes: options.maxResponseBytes ?? client.maxResponseBytes,
    maxRequestBytes: options.maxRequestBytes ?? client.maxRequestBytes
  })
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
  const retry = options.retry ?? client.retry
  const policy = retry === undefined ? call.retry : Retry.fromOption(retry)
  return Effect.map(Retry.toSchedule(policy), (schedule) => ({ ...how, request, schedule, redact }))
}

const noHooks: AnswerHooks = { keepAlive: Effect.void, onGenerationId: () => Effect.void }

/** The hooks that run within an attempt. `onKeepAlive` is told the time since the call began. */
const hooksOf = ({ onGenerationId, onKeepAlive }: RequestOptions): Effect.Effect<AnswerHooks> => {
  if (onGenerationId === undefined && onKeepAlive === undefined) return Effect.succeed(noHooks)
  return Effect.map(Clock.currentTimeMillis, (start) => ({
    keepAlive:
      onKeepAlive === undefined
        ? Effect.void
        : Effect.flatMap(Clock.currentTimeMillis, (now) =>
            bestEffort("The hook onKeepAlive is broken", () => onKeepAlive(Duration.millis(now - start)))
          ),
    onGenerationId: (id) =>
      onGenerationId === undefined
        ? Effect.void
        : bestEffort("The hook onGenerationId is broken", () => onGenerationId(id))
  }))
}

/**
 * Makes the client over the HttpClient in the context.
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
    // It looks when it is first needed, so that making the client does not touch the HttpClient.
    const init = requestInitOf(base)
    // The operation has its own span. The HttpClient's span would hold every header of the answer, even one that echoes
    // the key. It would also send trace headers to a third party, which in a browser fails the CORS check.
    const plain = HttpClient.withTracerDisabledWhen(base, () => true)
    const transformed = options.transformClient === undefined ? plain : options.transformClient(plain)
    // When the scope of an attempt closes, so does its connection, however far the attempt has come.
    const client = HttpClient.withScope(transformed)
    const heads = headsOf(options)
    const prepared = <A, E>(call: Call<A, E>, callOptions: RequestOptions) =>
      Effect.flatMap(prepare(call, options, callOptions, heads(callOptions)), (how) =>
        Effect.map(hooksOf(callOptions), (hooks) => ({ ...how, ...hooks, spec: call }))
      )
    return OpenRouterClient.of({
      execute: (call, callOptions = {}) =>
        Effect.flatMap(prepared(call, callOptions), ({ request, schedule, ...attempt }) =>
          sendBuffered(client, request, attempt).pipe(
            withFetchOptions(init, call.method, callOptions.fetchOptions),
            withHooks(callOptions),
            retryWith(schedule)
          )
        ),
      stream: (call, callOptions = {}) =>
        Stream.unwrapScoped(
          Effect.flatMap(prepared(call, callOptions), ({ request, schedule, ...attempt }) =>
            sendStreamed(client, request, attempt).pipe(
              withFetchOptions(init, call.method, callOptions.fetchOptions),
              withHooks(callOptions),
              retryWith(schedule)
            )
          )
        )
    })
  })

/**
 * The client with the options that you pass.
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
 * The client with options from a ConfigProvider. Without an argument it reads `OPENROUTER_API_KEY` (required),
 * `OPENROUTER_BASE_URL`, `OPENROUTER_HTTP_REFERER`, `OPENROUTER_APP_TITLE` and `OPENROUTER_APP_CATEGORIES`.
 *
 * A missing or invalid value fails with a ConfigError that names it; that of a missing key also says how to get one. You
 * may pass `retry` and `transformClient` as plain values.
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
