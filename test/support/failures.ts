/** A failure of every kind, and whether another model or provider may cure it. */
import { Duration } from "effect"
import { Errors, type ImagesSchema } from "effect-openrouter-images"

interface More {
  readonly billing?: Errors.Billing
  readonly message?: string
  readonly code?: string
  readonly errorType?: string
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly availability?: ImagesSchema.Availability
  readonly httpStatus?: number
  /** In milliseconds. */
  readonly retryAfter?: number
}

const classes = {
  400: Errors.BadRequestResponseError,
  401: Errors.UnauthorizedResponseError,
  402: Errors.PaymentRequiredResponseError,
  403: Errors.ForbiddenResponseError,
  404: Errors.NotFoundResponseError,
  413: Errors.PayloadTooLargeResponseError,
  429: Errors.TooManyRequestsResponseError,
  500: Errors.InternalServerResponseError,
  502: Errors.BadGatewayResponseError,
  524: Errors.EdgeNetworkTimeoutResponseError,
  529: Errors.ProviderOverloadedResponseError
}

/** A refusal of this status, in OpenRouter's own envelope unless told. */
export const refused = (status: number, { retryAfter, ...more }: More = {}): Errors.ResponseError => {
  const Class = classes[status as keyof typeof classes] ?? Errors.OpenRouterDefaultError
  return new Class({
    operation: "generate",
    billing: "notBilled",
    status,
    httpStatus: status,
    message: "it did not work",
    headers: {},
    body: "",
    ...(retryAfter === undefined ? {} : { retryAfter: Duration.millis(retryAfter) }),
    ...more
  })
}

const operation = "generate"
const images: ReadonlyArray<never> = []

const overBudget = (reason: Errors.BudgetExceededError["reason"]) =>
  new Errors.BudgetExceededError({ operation, reason, limitUsd: 1, spentUsd: 1, reservedUsd: 0, quoteUsd: 1 })

const inStream = (message: string, billing: Errors.Billing = "notBilled", code = "server_error") =>
  new Errors.ImageStreamError({ operation: "generateStream", message, billing, code })

const says = (message: string) => refused(400, { message })
const raw = (text: string) => refused(400, { message: "Provider returned error", metadata: { raw: text } })

const unsupported: ReadonlyArray<Errors.OpenRouterError> = [
  says("quality is not supported by Krea, got high"),
  says("aspect_ratio must be one of 1:1, 2:1"),
  says("n: must be from 1 to 4"),
  says("a/first is not a valid model ID"),
  raw('{"error":{"message":"Invalid value","param":"output_format"}}'),
  refused(422, { message: "resolution: unknown tier" })
]

const moderated: ReadonlyArray<Errors.OpenRouterError> = [
  refused(400, { message: "model refused", metadata: { reasons: ["violence"] } }),
  refused(400, { message: "model refused", metadata: { flagged_input: "a red panda" } }),
  refused(400, { message: "model refused", errorType: "moderation_error" }),
  refused(400, { message: "model refused", code: "content_policy_violation" }),
  refused(400, { message: "model refused", metadata: { provider_code: "InputTextSensitiveContentDetected" } }),
  raw('{"error":{"message":"Your request to this model was rejected by our safety system"}}'),
  refused(422, { message: "the model's content filter" }),
  refused(502, { message: "the provider flagged the prompt" }),
  refused(500, { metadata: { reasons: ["violence"] } }),
  refused(503, { errorType: "content_filter" }),
  refused(200, { code: "moderation_blocked", httpStatus: 200 }),
  inStream("it was blocked", "notBilled", "moderation_blocked")
]

const inDoubt: ReadonlyArray<Errors.OpenRouterError> = [
  says("Bad Request"),
  says("Please contact support"),
  says("the prompt is not allowed"),
  raw("no"),
  refused(422)
]

export const byEveryTag: ReadonlyArray<readonly [what: string, error: Errors.OpenRouterError, goesOn: boolean]> = [
  ...unsupported.map((error) => [`${error.message} does`, error, true] as const),
  ...moderated.map((error, i) => [`a refusal of moderation does not (${i}: ${error._tag})`, error, false] as const),
  ...inDoubt.map((error, i) => [`a refusal in doubt does not (${i})`, error, false] as const),
  ...[404, 429, 500, 502, 503, 501, 529, 200].map((status) => [`${status} does`, refused(status), true] as const),
  ...[401, 402, 403, 409, 413, 418].map((status) => [`${status} does not`, refused(status), false] as const),
  ...[408, 500, 502, 503, 504, 524, 529].map(
    (status) => [`${status} that may be billed does not`, refused(status, { billing: "unknown" }), false] as const
  ),
  ["an InvalidRequestError does", new Errors.InvalidRequestError({ operation, issues: [] }), true],
  ["a budget's limit does", overBudget("limit"), true],
  ["an unknown cost does", overBudget("unknownCost"), true],
  ["a ledger that failed does not", overBudget("ledger"), false],
  ...(["connect", "response"] as const).map((phase) => {
    const billing = phase === "connect" ? "notBilled" : "unknown"
    const error = new Errors.ConnectionError({ operation, billing, phase, description: "", images })
    return [`a connection that broke at ${phase} does not`, error, false] as const
  }),
  [
    "a timeout does not",
    new Errors.RequestTimeoutError({ operation, billing: "unknown", timeout: Duration.seconds(1), images }),
    false
  ],
  [
    "an answer that cannot be read does not",
    new Errors.ResponseValidationError({
      operation,
      billing: "billed",
      status: 200,
      issues: [],
      rawBody: "",
      images,
      headers: {}
    }),
    false
  ],
  ["an error event does", inStream("the provider fell over"), true],
  ["an error event after a picture does not", inStream("the provider fell over", "unknown"), false],
  ["a stream without a picture does not", new Errors.IncompleteStreamError({ operation, images }), false]
]
