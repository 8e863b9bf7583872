/**
 * What each fault has to come to, written from DESIGN and CONTRACT alone: nothing here is taken from the library but the names of its
 * types. `outcomeOf` says how one attempt ends, `attemptsOf` how many there are, `completes` what the server did in the meantime.
 */
import type { Errors } from "effect-openrouter-images"
import type { Fault } from "effect-openrouter-images-emulator"
import type { Body, Row, Unreachable } from "./table.js"

/** The four operations. Generations may be answered as events or as JSON, also where events were asked for and the provider cannot stream. */
export const calls = {
  generate: { operation: "generate", answer: "json" },
  "generate by events": { operation: "generate", answer: "events" },
  generateStream: { operation: "generateStream", answer: "events" },
  "generateStream answered as JSON": { operation: "generateStream", answer: "json" },
  listModels: { operation: "listModels", answer: "json" },
  listModelEndpoints: { operation: "listModelEndpoints", answer: "json" }
} as const
export type CallName = keyof typeof calls
export const callNames = Object.keys(calls) as ReadonlyArray<CallName>

export const policies = ["default", "none", "safe", "eager", "bare schedule"] as const
export type PolicyName = (typeof policies)[number]

export interface Failure {
  readonly tag: Errors.OpenRouterError["_tag"]
  readonly billing: Errors.Billing
  /** Of an error that came as an answer. */
  readonly status?: number
  readonly httpStatus?: number
  readonly answeredBy?: "openrouter" | "intermediary"
  /** Of a connection that broke. */
  readonly phase?: "connect" | "response"
  /** Whether other calls only have to end first. */
  readonly passes?: boolean
  /** Whether events had been given before it: then there is no other attempt. */
  readonly afterEvents?: boolean
}
export type Outcome = "success" | Failure

export const isDiscovery = (call: CallName): boolean => call === "listModels" || call === "listModelEndpoints"

/** What happens to a call. A stream's head has come before the picture is drawn. */
export const faultOf = ({ fault, streamed }: Row, call: CallName): Row["fault"] =>
  calls[call].answer === "events" ? (streamed ?? fault) : fault

/** Whether a call gives events before its end. */
const givesEvents = (call: CallName): boolean => call === "generateStream"

/** A failure of a kind that leaves open whether a generation was paid for. Discovery is never billed. */
const open = (call: CallName): Errors.Billing => (isDiscovery(call) ? "notBilled" : "unknown")
const paid = (call: CallName): Errors.Billing => (isDiscovery(call) ? "notBilled" : "billed")

const documented: Readonly<Record<number, Errors.OpenRouterError["_tag"]>> = {
  400: "BadRequestResponseError",
  401: "UnauthorizedResponseError",
  402: "PaymentRequiredResponseError",
  403: "ForbiddenResponseError",
  404: "NotFoundResponseError",
  413: "PayloadTooLargeResponseError",
  429: "TooManyRequestsResponseError",
  500: "InternalServerResponseError",
  502: "BadGatewayResponseError",
  524: "EdgeNetworkTimeoutResponseError",
  529: "ProviderOverloadedResponseError"
}
const documentedFor: Readonly<Record<CallName, ReadonlyArray<number>>> = {
  generate: Object.keys(documented).map(Number),
  "generate by events": Object.keys(documented).map(Number),
  generateStream: Object.keys(documented).map(Number),
  "generateStream answered as JSON": Object.keys(documented).map(Number),
  listModels: [500],
  listModelEndpoints: [404, 500]
}

const tagOf = (call: CallName, status: number): Errors.OpenRouterError["_tag"] =>
  (documentedFor[call].includes(status) ? documented[status] : undefined) ?? "OpenRouterDefaultError"

/** notBilled: what OpenRouter itself says has failed, save that somebody gave up waiting; any other 4xx but 408; a redirect, which nobody follows. */
const billingOf = (call: CallName, status: number, httpStatus: number, isOpenRouters: boolean): Errors.Billing => {
  if (status === 408 || status === 504 || status === 524) return open(call)
  return isOpenRouters || (httpStatus >= 300 && httpStatus < 500) ? "notBilled" : open(call)
}

const marks = ["error_type", "limit_source", "provider_name", "previous_errors", "routing_funnel"]

/** OpenRouter's envelope has a message, and the number of the status as its code or one of the marks that only it writes. */
const isOpenRouters = (fault: Extract<Fault.Fault, { _tag: "Status" }>, status: number): boolean => {
  if ((fault.body ?? "envelope") !== "envelope") return false
  const { code = fault.status, message = "", metadata = {} } = fault.error ?? {}
  const isMarked = Object.keys(Object(metadata)).some((key) => marks.includes(key)) || "user_id" in (fault.beside ?? {})
  return typeof message === "string" && (isMarked || (status >= 400 && code === status))
}

/** Shapes whose words say that they are an error; any other one in a success is an answer without a picture. */
const errorShapes: ReadonlyArray<string> = [
  "upstreamError",
  "errorText",
  "detail",
  "message",
  "faults",
  "list",
  "noPictures"
]

/** What a stranger sends is never proof, save that a request was refused. */
const strange = (call: CallName, shape: string, code: number, httpStatus: number): Outcome => {
  const isSuccess = httpStatus >= 200 && httpStatus < 300
  if (isSuccess && shape !== "codeMessage" && !errorShapes.includes(shape)) {
    return { tag: "ResponseValidationError", billing: open(call) }
  }
  const status = shape === "codeMessage" ? code : httpStatus
  const billing = billingOf(call, status, httpStatus, false)
  return { tag: tagOf(call, status), billing, status, httpStatus, answeredBy: "intermediary" }
}

const recordedStatuses: Readonly<Record<string, number>> = {
  ...{ userNotFound: 401, noCredits: 402, keyLimit: 402, inFlightBudget: 402, weightExceedsBudget: 402 },
  ...{ keyBudget: 403, workspaceBudget: 403, guardrailBudget: 403, moderation: 403, contentPolicy: 400 },
  ...{ dataPolicy: 404, upstreamRateLimit: 429, providerUnavailable: 502, zod: 400 }
}

const recorded = (call: CallName, as: string): Outcome => {
  const status = recordedStatuses[as] ?? 0
  const answeredBy = as === "zod" ? ("intermediary" as const) : ("openrouter" as const)
  return {
    tag: tagOf(call, status),
    billing: "notBilled",
    status,
    httpStatus: status,
    answeredBy,
    ...(as === "inFlightBudget" ? { passes: true } : {})
  }
}

/** With HTTP 200, the body's code is the status, and a numeric text counts; without a usable one it is 200. */
const answer = (call: CallName, fault: Extract<Fault.Fault, { _tag: "Status" }>): Outcome => {
  const httpStatus = fault.httpStatus ?? fault.status
  if (fault.shape !== undefined) return strange(call, fault.shape, fault.status, httpStatus)
  const body: Body = fault.body ?? "envelope"
  if (httpStatus === 200 && body === "cut") return broken(call, "response")
  if (httpStatus === 200 && body !== "envelope") return { tag: "ResponseValidationError", billing: open(call) }
  const code = fault.error !== undefined && "code" in fault.error ? fault.error["code"] : fault.status
  const said = Number(code ?? Number.NaN)
  const status = httpStatus !== 200 ? httpStatus : Number.isNaN(said) ? 200 : said
  const by = isOpenRouters(fault, status) ? ("openrouter" as const) : ("intermediary" as const)
  return {
    tag: tagOf(call, status),
    billing: billingOf(call, status, httpStatus, by === "openrouter"),
    status,
    httpStatus,
    answeredBy: by
  }
}

const broken = (call: CallName, phase: "connect" | "response", afterEvents = false): Outcome => ({
  tag: "ConnectionError",
  billing: phase === "connect" ? "notBilled" : open(call),
  phase,
  afterEvents
})

const timedOut = (call: CallName, afterEvents = false): Outcome => ({
  tag: "RequestTimeoutError",
  billing: open(call),
  afterEvents
})

const incomplete = (afterEvents: boolean): Outcome => ({
  tag: "IncompleteStreamError",
  billing: "unknown",
  afterEvents
})

/** Half of a stream's body holds previews, its first bytes are a comment. */
const hasEvents = (call: CallName, fault: { readonly at: "head" | "body"; readonly bytes?: number | undefined }) =>
  givesEvents(call) && fault.at === "body" && fault.bytes === undefined

const corrupt = (call: CallName, how: Extract<Fault.Fault, { _tag: "Corrupt" }>["how"]): Outcome => {
  const unreadable: Outcome = { tag: "ResponseValidationError", billing: open(call) }
  // Of a generation it is the time, which is known without the server as well.
  if (how === "missingField") return isDiscovery(call) ? unreadable : "success"
  // In a stream it is a preview, which comes as an event that nobody knows. In JSON the cost stands beside it.
  if (how === "badBase64") return calls[call].answer === "events" ? "success" : { ...unreadable, billing: paid(call) }
  return givesEvents(call) ? incomplete(how === "cutJson") : unreadable
}

/** Error events whose code is the number 502; the code of the others is a word. */
const numbered: ReadonlyArray<string> = ["chat", "bare"]

/** An error event of a stream is OpenRouter's own word. Joined, it is an error in the body of a success. */
const errorEvent = (call: CallName, shape = "documented"): Outcome => {
  if (givesEvents(call)) return { tag: "ImageStreamError", billing: "notBilled", afterEvents: true }
  const status = numbered.includes(shape) ? 502 : 200
  return { tag: tagOf(call, status), billing: "notBilled", status, httpStatus: 200, answeredBy: "openrouter" }
}

const stream = (call: CallName, { error, how }: Extract<Fault.Fault, { _tag: "Stream" }>): Outcome => {
  const afterEvents = givesEvents(call)
  if (how === "error") return errorEvent(call, error)
  if (how === "doneEarly" || how === "endEarly") {
    return afterEvents ? incomplete(true) : { tag: "ResponseValidationError", billing: "unknown" }
  }
  if (how === "badBase64") return { tag: "ResponseValidationError", billing: "billed", afterEvents }
  return "success"
}

const ofFault = (call: CallName, fault: Fault.Fault | Unreachable, outlasted: boolean): Outcome => {
  switch (fault._tag) {
    case "Status":
      return answer(call, fault)
    case "Recorded":
      return recorded(call, fault.as)
    case "Edit":
      return "success"
    case "Reset":
      // The document was whole before the connection ended.
      if ((fault.bytes ?? 0) > 1_000_000) return "success"
      return broken(call, "response", hasEvents(call, fault))
    case "Stall":
      return timedOut(call, hasEvents(call, fault))
    case "Corrupt":
      return corrupt(call, fault.how)
    case "Pace":
      // A stream's timeout is the longest silence; everything else has to be whole in time.
      return outlasted && calls[call].operation !== "generateStream" ? timedOut(call) : "success"
    case "Stream":
      return stream(call, fault)
    case "PlainHttp":
      // The same words come of a record that is spoilt after the request: they prove nothing.
      return broken(call, "response")
    default:
      return broken(call, "connect")
  }
}

/** How one attempt ends. `timed`: with the row's own timeout, not with the operation's default, which is minutes. */
export const outcomeOf = (row: Row, call: CallName, timed: boolean): Outcome =>
  ofFault(call, faultOf(row, call), timed && row.timeout !== undefined)

/** What is odd in a list, and not in a generation. */
const listEdits: ReadonlyArray<string> = ["oddModel", "oddPrice"]

/** Whether a fault can happen to a call at all: there are no events without a stream, and no pictures in discovery. */
export const applies = ({ fault }: Row, call: CallName): boolean => {
  if (fault._tag === "Corrupt" && fault.how === "badBase64") return !isDiscovery(call)
  if (fault._tag === "Recorded") return !isDiscovery(call)
  // `fetch` follows a redirect of discovery, which costs nothing.
  if (fault._tag === "Status" && fault.status >= 300 && fault.status < 400) return !isDiscovery(call)
  if (fault._tag === "Edit") return isDiscovery(call) === listEdits.includes(fault.how)
  return fault._tag !== "Stream" || calls[call].answer === "events"
}

/**
 * Whether `generate` comes to something else by events than by JSON, because the server sends something else: what is the first picture
 * of a JSON answer is a preview in a stream. What only a stream can have does not happen by JSON at all.
 */
export const differsByWire = ({ fault }: Row): boolean => fault._tag === "Corrupt" && fault.how === "badBase64"

const curedByTime = [429, 500, 502, 503, 529]
const transient = [408, ...curedByTime, 504, 520, 521, 522, 523, 524, 525, 526, 527, 528]

const isOfConnection = ({ tag }: Failure): boolean => tag === "ConnectionError" || tag === "RequestTimeoutError"

const whenNotBilled = (failure: Failure): boolean =>
  failure.billing === "notBilled" &&
  (isOfConnection(failure) || failure.passes === true || curedByTime.includes(failure.status ?? 0))

const whenTransient = (failure: Failure): boolean =>
  isOfConnection(failure) || failure.passes === true || transient.includes(failure.status ?? 0)

/** How often the policies of the matrix try again; the default's 4 are DESIGN's. */
export const retries = { default: 4, none: 0, safe: 2, eager: 2, "bare schedule": 2 } as const

const accepts = (policy: PolicyName, call: CallName): ((failure: Failure) => boolean) => {
  if (policy === "none") return () => false
  if (policy === "default") return isDiscovery(call) ? whenTransient : whenNotBilled
  return policy === "eager" ? whenTransient : whenNotBilled
}

export const attemptsOf = (outcome: Outcome, policy: PolicyName, call: CallName): number =>
  outcome === "success" || outcome.afterEvents || !accepts(policy, call)(outcome) ? 1 : 1 + retries[policy]

/** Whether the server had completed, and billed, a generation by the time of the fault: CONTRACT, Billing, and the row's own word. */
export const completes = (row: Row, call: CallName): boolean => {
  if (isDiscovery(call)) return false
  const fault = faultOf(row, call)
  switch (fault._tag) {
    case "Status":
      return fault.afterCompletion === true
    case "Reset":
    case "Stall":
      // There are bytes of a JSON answer only because its generation had completed.
      return fault.afterCompletion === true || (fault.at === "body" && calls[call].answer === "json")
    case "Recorded":
      return false
    case "Corrupt":
    case "Edit":
    case "Pace":
      return true
    case "Stream":
      return fault.afterCompletion === true || stream(call, fault) === "success" || fault.how === "badBase64"
    default:
      return false
  }
}
