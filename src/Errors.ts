/**
 * Everything that can go wrong, one class a tag. Each error says what happened (`message`) and what it cost
 * (`billing`); `explain` says what to do. Each is a Schema, so that it keeps its class across a process boundary.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Fields from "./internal/errors/fields.js"
import * as Message from "./internal/errors/message.js"

export {
  /**
   * What to do about an error: the `action` of `explain`.
   *
   * @since 0.1.0
   * @category rendering
   * @example
   * ```ts
   * import { Console, Effect } from "effect"
   * import { Errors, Images } from "effect-openrouter-images"
   *
   * const program = Images.listModels().pipe(Effect.tapError((error) => Console.error(Errors.advice(error))))
   * ```
   */
  advice,
  /**
   * An error in words, for you to lay out: what happened, what it cost and what to do. No part holds characters that
   * control a terminal.
   *
   * `terms` replaces the library's own names in the sentences. Use it where, say, your user has a flag instead of the
   * option `timeout`. Where an emulator answers, `{ emulated: true }` explains every error as one that was not billed.
   *
   * @since 0.1.0
   * @category rendering
   * @example
   * ```ts
   * import { Console, Effect } from "effect"
   * import { Errors, Images } from "effect-openrouter-images"
   *
   * const program = Images.listModels().pipe(
   *   Effect.tapError((error) => {
   *     const { action, what } = Errors.explain(error, { baseUrl: "the server's address in your settings" })
   *     return Console.error(`${what} ${action}`)
   *   })
   * )
   * ```
   */
  explain,
  /**
   * What a failure with this billing cost, in a sentence. It is the `cost` of `explain`, for errors of your own.
   *
   * @since 0.1.0
   * @category rendering
   * @example
   * ```ts
   * import { Errors } from "effect-openrouter-images"
   *
   * const sentence = Errors.explainBilling("notBilled") // "Nothing was billed."
   * ```
   */
  explainBilling,
  /**
   * An error as a block of text for people: the parts of `explain`, one a line. An error that is not this library's,
   * such as a ConfigError or a PlatformError, is its tag and its message.
   *
   * @since 0.1.0
   * @category rendering
   * @example
   * ```ts
   * import { Console, Effect } from "effect"
   * import { Errors, Images } from "effect-openrouter-images"
   *
   * const program = Images.listModels().pipe(Effect.tapError((error) => Console.error(Errors.format(error))))
   * ```
   */
  format
} from "./internal/errors/explain.js"

/**
 * What `format` takes: an error of this library, or any other with a tag.
 *
 * @since 0.1.0
 * @category rendering
 */
export interface Tagged {
  readonly _tag: string
  readonly message: string
}

/**
 * A fact about an error that has no sentence of its own, such as the provider or the generation's id.
 *
 * @since 0.1.0
 * @category rendering
 */
export interface Detail {
  readonly label: string
  /** At most 200 characters on one line. */
  readonly value: string
}

/**
 * An error in words. `what` may have several lines; the other parts have one.
 *
 * @since 0.1.0
 * @category rendering
 */
export interface Explanation {
  /** The tag, the status where there is one, and the operation. */
  readonly title: string
  /** What happened, in the server's words where it said something. */
  readonly what: string
  readonly cost: string
  /** What to do, and whether you should send the request again. */
  readonly action: string
  readonly details: ReadonlyArray<Detail>
}

/**
 * Who answered, which the error itself does not say.
 *
 * @since 0.1.0
 * @category rendering
 */
export interface ExplainOptions {
  /**
   * Whether an emulator answered, so that nothing was paid, whatever the error's `billing` would mean at OpenRouter.
   * Default: false.
   */
  readonly emulated?: boolean | undefined
}

/**
 * The names that an explanation uses for what its reader can set and look at.
 *
 * @since 0.1.0
 * @category rendering
 */
export interface Terms {
  /** Default: the operation's name. */
  readonly operation: (operation: Operation) => string
  /** Where a fault in a request is. Default: `inputReferences[3].imageUrl.url`. */
  readonly path: (path: Issue["path"]) => string
  /** Default: the base URL. */
  readonly baseUrl: string
  /** Default: `timeout`, in backticks like the library's other names. */
  readonly timeout: string
  readonly listModels: string
  readonly generateStream: string
  readonly fetchOptions: string
  /** Where to find the pictures that arrived whole. It follows "2 whole pictures are". Default: in `images`. */
  readonly kept: string
  /** Where to find everything that was paid for. Default: `images` and `rawBody`. */
  readonly paidFor: string
  /** Default: the provider preferences. */
  readonly preferences: string
  /** A budget's limit. Default: the limit. */
  readonly limit: string
  /** How to ask what a generation cost. Default: `Generations.settle`, in backticks. */
  readonly settle: (generationId: string) => string
  /** Default: this library. */
  readonly program: string
}

/**
 * The operation that failed.
 *
 * @since 0.1.0
 * @category models
 */
export const Operation = Fields.Operation
export type Operation = typeof Operation.Type

/**
 * What a failure cost: nothing (`notBilled`), the price of the generation (`billed`), or perhaps that price
 * (`unknown`).
 *
 * @since 0.1.0
 * @category models
 */
export const Billing = Fields.Billing
export type Billing = typeof Billing.Type

/**
 * A fault in a request or an answer: where it is (field names and array indices from the outside in) and what is
 * allowed there.
 *
 * @since 0.1.0
 * @category models
 */
export const Issue = Fields.Issue
export type Issue = typeof Issue.Type

/**
 * The fields of every error that came as an answer.
 *
 * @since 0.1.0
 * @category models
 */
export interface ResponseErrorFields extends Schema.Struct.Type<typeof Fields.response> {}

/**
 * 400. The request was refused: a parameter that the model does not take, values that contradict each other, or a
 * blocked prompt. Correct the request. Where the server says what a field accepts, `issues` has it.
 *
 * @since 0.1.0
 * @category response errors
 */
export class BadRequestResponseError extends Schema.TaggedError<BadRequestResponseError>()(
  "BadRequestResponseError",
  Fields.response
) {}

/**
 * 401. The API key is missing, wrong or revoked. Check the key.
 *
 * @since 0.1.0
 * @category response errors
 */
export class UnauthorizedResponseError extends Schema.TaggedError<UnauthorizedResponseError>()(
  "UnauthorizedResponseError",
  Fields.response
) {}

/**
 * 402. The account has no credits left, a limit is reached (`limitSource`), or your other calls hold the credits that
 * this one needs. The last of these passes (`Retry.whenInFlight`).
 *
 * @since 0.1.0
 * @category response errors
 */
export class PaymentRequiredResponseError extends Schema.TaggedError<PaymentRequiredResponseError>()(
  "PaymentRequiredResponseError",
  Fields.response
) {}

/**
 * 403. The key does not permit this, a budget is spent (`limitSource`), or moderation refused the prompt (`errorType`,
 * `metadata.reasons`).
 *
 * @since 0.1.0
 * @category response errors
 */
export class ForbiddenResponseError extends Schema.TaggedError<ForbiddenResponseError>()(
  "ForbiddenResponseError",
  Fields.response
) {}

/**
 * 404. The model does not exist, or no provider may serve the request. See `listModels`. `availability.fallbackModels`
 * may name other models.
 *
 * @since 0.1.0
 * @category response errors
 */
export class NotFoundResponseError extends Schema.TaggedError<NotFoundResponseError>()(
  "NotFoundResponseError",
  Fields.response
) {}

/**
 * 413. The request is too large. Send smaller reference pictures, or URLs instead. `largestReference` is the one to
 * begin with, if the request carried any. `InputReference.fromFile` keeps pictures within a limit.
 *
 * @since 0.1.0
 * @category response errors
 */
export class PayloadTooLargeResponseError extends Schema.TaggedError<PayloadTooLargeResponseError>()(
  "PayloadTooLargeResponseError",
  Fields.payloadTooLarge
) {}

/**
 * 429. The rate limit is reached. Wait for `retryAfter`; the default policy does.
 *
 * @since 0.1.0
 * @category response errors
 */
export class TooManyRequestsResponseError extends Schema.TaggedError<TooManyRequestsResponseError>()(
  "TooManyRequestsResponseError",
  Fields.response
) {}

/**
 * 500. The server failed. Retry when `billing` is `notBilled`; otherwise look at the account first.
 *
 * @since 0.1.0
 * @category response errors
 */
export class InternalServerResponseError extends Schema.TaggedError<InternalServerResponseError>()(
  "InternalServerResponseError",
  Fields.response
) {}

/**
 * 502. The provider failed or gave no usable answer. When `billing` is `notBilled`, retry, or use another provider or
 * model.
 *
 * @since 0.1.0
 * @category response errors
 */
export class BadGatewayResponseError extends Schema.TaggedError<BadGatewayResponseError>()(
  "BadGatewayResponseError",
  Fields.response
) {}

/**
 * 524. The edge network gave up waiting. The generation may have completed and been billed. Look at the account's
 * activity before you pay again.
 *
 * @since 0.1.0
 * @category response errors
 */
export class EdgeNetworkTimeoutResponseError extends Schema.TaggedError<EdgeNetworkTimeoutResponseError>()(
  "EdgeNetworkTimeoutResponseError",
  Fields.response
) {}

/**
 * 529. The provider is overloaded. Retry later, or use another provider or model.
 *
 * @since 0.1.0
 * @category response errors
 */
export class ProviderOverloadedResponseError extends Schema.TaggedError<ProviderOverloadedResponseError>()(
  "ProviderOverloadedResponseError",
  Fields.response
) {}

/**
 * Any other status. On discovery that includes statuses that have their own class for `generate`, such as 429.
 *
 * @since 0.1.0
 * @category response errors
 */
export class OpenRouterDefaultError extends Schema.TaggedError<OpenRouterDefaultError>()(
  "OpenRouterDefaultError",
  Fields.response
) {}

/**
 * The connection was never made (`phase: "connect"`, nothing was sent), or it was cut during the request or the answer
 * (`phase: "response"`). `images` holds the pictures that had arrived whole.
 *
 * @since 0.1.0
 * @category client errors
 */
export class ConnectionError extends Schema.TaggedError<ConnectionError>()("ConnectionError", Fields.connection) {
  override get message(): string {
    return Message.messageOf(this, Message.connection(this))
  }
}

/**
 * The client's own timeout ended the attempt. Whether a generation was billed is unknown. `images` holds the pictures
 * that had arrived whole.
 *
 * @since 0.1.0
 * @category client errors
 */
export class RequestTimeoutError extends Schema.TaggedError<RequestTimeoutError>()(
  "RequestTimeoutError",
  Fields.timeout
) {
  override get message(): string {
    return Message.messageOf(this, Message.timeout(this))
  }
}

/**
 * The request or an option is invalid; nothing was sent. `issues` names every fault.
 *
 * @since 0.1.0
 * @category client errors
 */
export class InvalidRequestError extends Schema.TaggedError<InvalidRequestError>()(
  "InvalidRequestError",
  Fields.invalidRequest
) {
  override get message(): string {
    return Message.invalidRequest(this)
  }
}

/**
 * The budget does not allow the generation (see the module `Budget`); nothing was sent. `reason` says whether the quote
 * is too high, the quote has no known upper bound, or the budget's ledger could not be written.
 *
 * @since 0.1.0
 * @category client errors
 */
export class BudgetExceededError extends Schema.TaggedError<BudgetExceededError>()(
  "BudgetExceededError",
  Fields.budgetExceeded
) {
  override get message(): string {
    return Message.budgetExceeded(this)
  }
}

/**
 * A 2xx answer without a picture, or one that breaks off: an HTML page, an empty body, JSON that ends too early.
 * `images` holds every whole picture. `rawBody` holds the rest of the body, with each such picture replaced by its
 * index in `images`.
 *
 * The answer was billed if it has a whole picture or reports a cost; otherwise that is unknown. An answer with a whole
 * picture and a fault elsewhere is a success, not this error.
 *
 * @since 0.1.0
 * @category client errors
 */
export class ResponseValidationError extends Schema.TaggedError<ResponseValidationError>()(
  "ResponseValidationError",
  Fields.responseValidation
) {
  override get message(): string {
    return Message.messageOf(this, Message.responseValidation(this))
  }
}

/**
 * The server reported within the stream, in any shape, that the generation failed. Nothing was billed, with two
 * exceptions. After a finished picture of the same stream it was billed. Where the code says that someone gave up
 * waiting (408, 504, 524), billing is unknown.
 *
 * @since 0.1.0
 * @category stream errors
 */
export class ImageStreamError extends Schema.TaggedError<ImageStreamError>()("ImageStreamError", Fields.imageStream) {}

/**
 * The stream ended before its picture was complete. Whether it was billed is unknown. `images` holds final pictures
 * that had arrived whole although their event had not.
 *
 * @since 0.1.0
 * @category stream errors
 */
export class IncompleteStreamError extends Schema.TaggedError<IncompleteStreamError>()(
  "IncompleteStreamError",
  Fields.incompleteStream
) {
  override get message(): string {
    return Message.messageOf(this, Message.incompleteStream(this))
  }
}

const clientSide = [ConnectionError, RequestTimeoutError, InvalidRequestError, ResponseValidationError] as const

const response = [
  BadRequestResponseError,
  UnauthorizedResponseError,
  PaymentRequiredResponseError,
  ForbiddenResponseError,
  NotFoundResponseError,
  PayloadTooLargeResponseError,
  TooManyRequestsResponseError,
  InternalServerResponseError,
  BadGatewayResponseError,
  EdgeNetworkTimeoutResponseError,
  ProviderOverloadedResponseError,
  OpenRouterDefaultError
] as const

/**
 * Client-side errors of any operation.
 *
 * @since 0.1.0
 * @category unions
 */
export const ClientSideError = Schema.Union(...clientSide)
export type ClientSideError = ConnectionError | RequestTimeoutError | InvalidRequestError | ResponseValidationError

/**
 * Every error that came as an answer.
 *
 * @since 0.1.0
 * @category unions
 */
export const ResponseError = Schema.Union(...response)
export type ResponseError =
  | BadRequestResponseError
  | UnauthorizedResponseError
  | PaymentRequiredResponseError
  | ForbiddenResponseError
  | NotFoundResponseError
  | PayloadTooLargeResponseError
  | TooManyRequestsResponseError
  | InternalServerResponseError
  | BadGatewayResponseError
  | EdgeNetworkTimeoutResponseError
  | ProviderOverloadedResponseError
  | OpenRouterDefaultError

/**
 * What `listModels` can fail with.
 *
 * @since 0.1.0
 * @category unions
 */
export const ListModelsError = Schema.Union(InternalServerResponseError, OpenRouterDefaultError, ...clientSide)
export type ListModelsError = InternalServerResponseError | OpenRouterDefaultError | ClientSideError

/**
 * What `listModelEndpoints` can fail with.
 *
 * @since 0.1.0
 * @category unions
 */
export const ListModelEndpointsError = Schema.Union(
  NotFoundResponseError,
  InternalServerResponseError,
  OpenRouterDefaultError,
  ...clientSide
)
export type ListModelEndpointsError = NotFoundResponseError | ListModelsError

/**
 * What `Generations.get` and `Generations.settle` can fail with.
 *
 * @since 0.1.0
 * @category unions
 */
export const GetGenerationError = Schema.Union(
  UnauthorizedResponseError,
  PaymentRequiredResponseError,
  ForbiddenResponseError,
  NotFoundResponseError,
  TooManyRequestsResponseError,
  InternalServerResponseError,
  BadGatewayResponseError,
  EdgeNetworkTimeoutResponseError,
  ProviderOverloadedResponseError,
  OpenRouterDefaultError,
  ...clientSide
)
export type GetGenerationError =
  | Exclude<ResponseError, BadRequestResponseError | PayloadTooLargeResponseError>
  | ClientSideError

/**
 * What `Key.get` can fail with.
 *
 * @since 0.1.0
 * @category unions
 */
export const GetKeyError = Schema.Union(
  UnauthorizedResponseError,
  TooManyRequestsResponseError,
  InternalServerResponseError,
  OpenRouterDefaultError,
  ...clientSide
)
export type GetKeyError = UnauthorizedResponseError | TooManyRequestsResponseError | ListModelsError

/**
 * What `generate` can fail with.
 *
 * @since 0.1.0
 * @category unions
 */
export const GenerateError = Schema.Union(...response, ...clientSide, BudgetExceededError)
export type GenerateError = ResponseError | ClientSideError | BudgetExceededError

/**
 * What a streamed generation can fail with.
 *
 * @since 0.1.0
 * @category unions
 */
export const GenerateStreamError = Schema.Union(
  ...response,
  ...clientSide,
  BudgetExceededError,
  ImageStreamError,
  IncompleteStreamError
)
export type GenerateStreamError = GenerateError | ImageStreamError | IncompleteStreamError

/**
 * Every error of this library; its Schema encodes and decodes any of them.
 *
 * @since 0.1.0
 * @category unions
 * @example
 * ```ts
 * import { Errors } from "effect-openrouter-images"
 * import { Schema } from "effect"
 *
 * const error = new Errors.InvalidRequestError({ operation: "generate", issues: [{ path: ["n"], message: "must be 1" }] })
 * const wire = Schema.encodeSync(Errors.OpenRouterError)(error)
 * const same = Schema.decodeSync(Errors.OpenRouterError)(wire) // an InvalidRequestError again
 * ```
 */
export const OpenRouterError = GenerateStreamError
export type OpenRouterError = GenerateStreamError
