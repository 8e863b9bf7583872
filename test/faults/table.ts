/**
 * Every fault that a call can meet, as data: the contract's statuses with every kind of body, broken connections, silence, spoilt bodies
 * and streams that end otherwise. What a fault comes to is the oracle's business.
 */
import type { Fault } from "effect-openrouter-images-emulator"

/** How no server is reached. `PlainHttp` is one that is asked for TLS: no runtime says that it was still in the handshake. */
const unreachables = ["Refused", "NoSuchHost", "NoTunnel", "Untrusted", "HandshakeCut", "PlainHttp"] as const

/** A server that is never reached. */
export interface Unreachable {
  readonly _tag: (typeof unreachables)[number]
}

export const isUnreachable = (fault: Row["fault"]): fault is Unreachable =>
  unreachables.some((tag) => tag === fault._tag)

export interface Row {
  /** What happens, in the document's words. */
  readonly what: string
  /** Rows of one `what` differ in this. */
  readonly detail: string
  readonly fault: Fault.Fault | Unreachable
  /** In its place where the answer is a stream, whose head is there before the picture is drawn. */
  readonly streamed?: Fault.Fault
  /** With a timeout it is this one, in milliseconds, which the fault outlasts. */
  readonly timeout?: number
  /** What to do about it, where that goes by more than the kind of the answer. */
  readonly action?: string
  /** Its connection breaks when the call is already over: another call must not have taken it by then. */
  readonly breaksLater?: boolean
}

export type Section = "answers" | "successes" | "network" | "bodies" | "streams"

/** The contract's statuses, and one odd 4xx and two odd 5xx. */
export const statuses = [400, 401, 402, 403, 404, 408, 413, 418, 429, 500, 502, 503, 504, 507, 520, 524, 529] as const
export const bodies = ["envelope", "html", "empty", "cut", "text"] as const
export type Body = (typeof bodies)[number]

const bodyNames: Readonly<Record<Body, string>> = {
  envelope: "OpenRouter's envelope",
  html: "a page of HTML",
  empty: "no body",
  cut: "an envelope that is cut",
  text: "a text"
}

/** CONTRACT, Billing: when the answer may come from a box in between, the generation behind it may have completed. */
const mayHaveCompleted = (status: number, body: Body): boolean =>
  status === 408 || status === 504 || status === 524 || (status >= 500 && body !== "envelope")

const completion = [false, true] as const

const answers: ReadonlyArray<Row> = statuses.flatMap((status) =>
  bodies.flatMap((body) =>
    completion
      .filter((afterCompletion) => !afterCompletion || mayHaveCompleted(status, body))
      .map((afterCompletion) => ({
        what: `HTTP ${status}`,
        detail: bodyNames[body],
        fault: { _tag: "Status" as const, status, body, afterCompletion }
      }))
  )
)

/** The same envelopes, in a success. */
const withinSuccess: ReadonlyArray<Row> = statuses.flatMap((status) =>
  completion
    .filter((afterCompletion) => !afterCompletion || mayHaveCompleted(status, "envelope"))
    .map((afterCompletion) => ({
      what: `HTTP ${status}`,
      detail: "the envelope in an HTTP 200",
      fault: { _tag: "Status" as const, status, httpStatus: 200, afterCompletion }
    }))
)

/** Envelopes that are not quite the documented one. */
const oddEnvelopes: ReadonlyArray<Row> = [
  ...completion.flatMap((afterCompletion): ReadonlyArray<Row> => {
    const odd = { _tag: "Status", status: 500, afterCompletion } as const
    const gateway = { code: null, type: "upstream_error" }
    return [
      { what: "HTTP 500", detail: "an envelope whose code is null", fault: { ...odd, error: { code: null } } },
      { what: "HTTP 500", detail: "an envelope whose code is a text", fault: { ...odd, error: { code: "no_luck" } } },
      {
        what: "HTTP 500",
        detail: "JSON with an error that has no message",
        fault: { ...odd, error: { message: null } }
      },
      { what: "HTTP 502", detail: "a gateway's envelope", fault: { ...odd, status: 502, error: gateway } },
      {
        what: "HTTP 502",
        detail: "the envelope in an HTTP 200, its code a text",
        fault: { ...odd, status: 502, httpStatus: 200, error: { code: "502" } }
      }
    ]
  }),
  {
    what: "HTTP 502",
    detail: "an envelope without a code that names the provider",
    fault: { _tag: "Status", status: 502, error: { code: null, metadata: { provider_name: "OpenAI" } } }
  }
]

/** What gateways send: an error of a shape that is not OpenRouter's, whatever happened behind them. */
const gateways = ["upstreamError", "errorText", "detail", "message", "codeMessage", "faults", "list"] as const

const fromGateways: ReadonlyArray<Row> = gateways.flatMap((shape) =>
  completion.map((afterCompletion) => ({
    what: "HTTP 502",
    detail: "a gateway's error of any other shape",
    fault: { _tag: "Status" as const, status: 502, shape, afterCompletion }
  }))
)

/** Refusals that say by themselves what to do. */
const refusals: ReadonlyArray<Row> = [
  {
    what: "HTTP 402: calls under way hold the credits",
    detail: "",
    fault: { _tag: "Recorded", as: "inFlightBudget" },
    action: "Retry after your in-flight requests settle (see the Retry-After header)."
  },
  {
    what: "HTTP 402: the call is too expensive by itself",
    detail: "",
    fault: { _tag: "Recorded", as: "weightExceedsBudget" },
    action: "Add credits, or ask for less."
  },
  {
    what: "HTTP 402: the key's limit",
    detail: "",
    fault: { _tag: "Recorded", as: "keyLimit" },
    action: "Raise or remove this API key's usage limit."
  },
  ...(["keyBudget", "workspaceBudget", "guardrailBudget"] as const).map((as) => ({
    what: "HTTP 403: a budget is spent",
    detail: as,
    fault: { _tag: "Recorded" as const, as },
    action:
      "Wait until the budget resets, or ask an administrator to raise it. " +
      "$5.02 of $5 are spent. It begins anew at 2026-12-01T00:00:00.000Z."
  })),
  ...(["moderation", "contentPolicy"] as const).map((as) => ({
    what: "Moderation refuses the prompt",
    detail: as === "moderation" ? "HTTP 403" : "HTTP 400",
    fault: { _tag: "Recorded" as const, as },
    action: "Change the prompt: moderation refused it."
  })),
  {
    what: "HTTP 429: the provider's shared pool",
    detail: "",
    fault: { _tag: "Recorded", as: "upstreamRateLimit" },
    action: "Retry shortly."
  },
  {
    what: "HTTP 502: the provider is not available",
    detail: "",
    fault: { _tag: "Recorded", as: "providerUnavailable" }
  },
  {
    what: "HTTP 400: a body of a wrong shape (Zod)",
    detail: "",
    fault: { _tag: "Recorded", as: "zod" },
    action: "Correct the request: the message says what is accepted."
  },
  {
    what: "HTTP 403: an edge's challenge",
    detail: "",
    fault: { _tag: "Status", status: 403, shape: "challenge" },
    action:
      "An edge network in front of the server takes you for a robot, whatever the prompt and the key: " +
      "call from another network, or ask who runs it."
  },
  {
    what: "A redirect, which nobody follows",
    detail: "",
    fault: { _tag: "Status", status: 308, headers: { location: "https://example.com/api/v1" } },
    action:
      "The server redirects to https://example.com/api/v1, which is not followed: take the base URL from there if you trust it."
  }
]

/** HTTP 200 whose body is none that the API has for it. */
const successes: ReadonlyArray<Row> = [
  ...[...gateways, "noPictures" as const, "job" as const, "challenge" as const].flatMap((shape) =>
    completion.map((afterCompletion) => ({
      what: "HTTP 200 with a body that is a gateway's",
      detail: shape,
      fault: { _tag: "Status" as const, status: 502, httpStatus: 200, shape, afterCompletion }
    }))
  ),
  {
    what: "HTTP 202, a job",
    detail: "",
    fault: { _tag: "Status", status: 202, shape: "job" },
    action:
      "The server took the request for a job and did not wait for it: check the base URL, the API answers with the picture itself."
  },
  ...["bad_gateway", null].flatMap((code) =>
    completion.map((afterCompletion) => ({
      what: "HTTP 200 with an error without a usable code",
      detail: code === null ? "the code is null" : "the code is a word",
      fault: { _tag: "Status" as const, status: 502, httpStatus: 200, error: { code }, afterCompletion }
    }))
  ),
  {
    what: "HTTP 200 with an error without a usable code",
    detail: "marked as OpenRouter's",
    fault: { _tag: "Status", status: 502, httpStatus: 200, error: { code: null }, beside: { user_id: "user_1" } }
  },
  ...completion.map((afterCompletion) => ({
    what: "HTTP 200, cut within its body",
    detail: "",
    fault: { _tag: "Status" as const, status: 502, httpStatus: 200, body: "cut" as const, afterCompletion }
  })),
  // A box in between may answer with anything, whether or not a generation completed behind it.
  ...(["html", "empty", "text"] as const).flatMap((body) =>
    completion.map((afterCompletion) => ({
      what: "HTTP 200 with a body that is not the API's",
      detail: bodyNames[body],
      fault: { _tag: "Status" as const, status: 502, httpStatus: 200, body, afterCompletion }
    }))
  )
]

/** A timeout that is none of the defaults. */
const timeout = 7 * 60_000

const unreachable: ReadonlyArray<Row> = [
  { what: "The connection is refused", detail: "", fault: { _tag: "Refused" } },
  { what: "The host has no address (DNS)", detail: "", fault: { _tag: "NoSuchHost" } },
  { what: "A proxy refuses the tunnel (CONNECT)", detail: "", fault: { _tag: "NoTunnel" } },
  { what: "The certificate is refused", detail: "", fault: { _tag: "Untrusted" } },
  { what: "The TLS handshake is cut", detail: "", fault: { _tag: "HandshakeCut" } },
  { what: "The server does not speak TLS, or a TLS record is spoilt", detail: "", fault: { _tag: "PlainHttp" } }
]

/** The comments with which a stream begins. */
const bytes = 28

const whileDrawing: ReadonlyArray<Row> = completion.flatMap((afterCompletion): ReadonlyArray<Row> => {
  const detail = afterCompletion ? "the generation had completed" : "the generation had not completed"
  return [
    {
      what: "A reset while the picture is drawn",
      detail,
      fault: { _tag: "Reset", at: "head", afterCompletion },
      streamed: { _tag: "Reset", at: "body", bytes, afterCompletion }
    },
    {
      what: "Silence while the picture is drawn",
      detail,
      fault: { _tag: "Stall", at: "head", afterCompletion },
      streamed: { _tag: "Stall", at: "body", bytes, afterCompletion },
      timeout
    }
  ]
})

const resets: ReadonlyArray<Row> = completion.flatMap((afterCompletion): ReadonlyArray<Row> => {
  const when = afterCompletion ? "the generation had completed" : "the generation had not completed"
  return [
    {
      what: "A reset before the answer's head",
      detail: when,
      fault: { _tag: "Reset", at: "head", afterCompletion }
    },
    {
      what: "A reset within the answer's body, early",
      detail: when,
      fault: { _tag: "Reset", at: "body", bytes: 10, afterCompletion }
    },
    {
      what: "A reset within the answer's body, half way",
      detail: when,
      fault: { _tag: "Reset", at: "body", afterCompletion }
    }
  ]
})

const stalls: ReadonlyArray<Row> = completion.flatMap((afterCompletion): ReadonlyArray<Row> => {
  const when = afterCompletion ? "the generation had completed" : "the generation had not completed"
  return [
    {
      what: "Silence in place of the answer",
      detail: when,
      fault: { _tag: "Stall", at: "head", afterCompletion },
      timeout
    },
    {
      what: "Silence within the answer's body, early",
      detail: when,
      fault: { _tag: "Stall", at: "body", bytes: 10, afterCompletion },
      timeout
    },
    {
      what: "Silence within the answer's body, half way",
      detail: when,
      fault: { _tag: "Stall", at: "body", afterCompletion },
      timeout
    }
  ]
})

const network: ReadonlyArray<Row> = [
  ...unreachable,
  ...resets,
  {
    what: "A reset after the last byte",
    detail: "",
    fault: { _tag: "Reset", at: "body", bytes: 100_000_000, afterCompletion: true },
    breaksLater: true
  },
  ...stalls,
  ...whileDrawing
]

/** Whole answers that are slow or wrong. */
const bodyFaults: ReadonlyArray<Row> = [
  {
    what: "A slow answer",
    detail: "in pieces of 97 bytes",
    fault: { _tag: "Pace", chunkBytes: 97, everyMillis: 0 }
  },
  {
    what: "A slow answer",
    detail: "in pieces of 1000 bytes, some milliseconds apart",
    fault: { _tag: "Pace", chunkBytes: 1_000, everyMillis: 3 }
  },
  {
    what: "Signs of life before the answer: white space, or comments of a stream",
    detail: "",
    fault: { _tag: "Pace", keepAlives: 20, everyMillis: 1 }
  },
  {
    what: "An answer that takes longer than the timeout, without a silence as long",
    detail: "",
    fault: { _tag: "Pace", keepAlives: 40, everyMillis: 40 },
    timeout: 1000
  },
  { what: "A body that is not JSON", detail: "", fault: { _tag: "Corrupt", how: "notJson" } },
  { what: "JSON that is cut, in an answer that is whole", detail: "", fault: { _tag: "Corrupt", how: "cutJson" } },
  {
    what: "The first picture is not base64: the final one, or a preview of a stream",
    detail: "",
    fault: { _tag: "Corrupt", how: "badBase64" }
  },
  { what: "A required field is missing", detail: "", fault: { _tag: "Corrupt", how: "missingField" } },
  { what: "HTTP 200 with an empty body", detail: "", fault: { _tag: "Corrupt", how: "empty" } }
]

/** Right answers that are odd in one thing: the picture decides. */
const odd: ReadonlyArray<Row> = [
  ...(["usageOpenAi", "usageNull", "usageNullCounts", "costText", "costObject", "costNegative", "costHuge"] as const),
  ...(["byok", "createdNull", "createdText", "createdMissing", "createdZero"] as const),
  ...(["dataUrl", "wrapped", "urlSafe", "wrongMediaType", "bareMediaType", "octetStream", "signed"] as const),
  ...(["mislabelled", "commentsFirst", "asEvents", "editEvents"] as const),
  ...(["oddModel", "oddPrice"] as const)
].map((how) => ({
  what:
    how === "oddModel" || how === "oddPrice" ? "A list with an odd item" : "A right answer that is odd in one thing",
  detail: how,
  fault: { _tag: "Edit" as const, how }
}))

const errorShapes = ["typeless", "chat", "flat", "text", "named", "failed", "responseFailed", "bare"] as const

const streams: ReadonlyArray<Row> = [
  ...errorShapes.map((error) => ({
    what: "An error of another shape after previews",
    detail: error,
    fault: { _tag: "Stream" as const, how: "error" as const, error }
  })),
  { what: "An `error` event after previews", detail: "", fault: { _tag: "Stream", how: "error" } },
  ...completion.flatMap((afterCompletion): ReadonlyArray<Row> => {
    const detail = afterCompletion ? "the generation had completed" : "the generation had not completed"
    return [
      {
        what: "`[DONE]` before the picture",
        detail,
        fault: { _tag: "Stream", how: "doneEarly", afterCompletion }
      },
      {
        what: "The stream ends before the picture",
        detail,
        fault: { _tag: "Stream", how: "endEarly", afterCompletion }
      }
    ]
  }),
  { what: "The final picture is not base64", detail: "", fault: { _tag: "Stream", how: "badBase64" } },
  { what: "No `[DONE]` after the picture", detail: "", fault: { _tag: "Stream", how: "noDone" } },
  { what: "Events that nobody knows", detail: "", fault: { _tag: "Stream", how: "strangers" } },
  {
    what: "Events in unusual spelling: mixed line ends, data on several lines, a byte order mark",
    detail: "",
    fault: { _tag: "Stream", lineEnds: "mixed", severalLines: true, byteOrderMark: true, chunkBytes: 61 }
  }
]

export const table: Readonly<Record<Section, ReadonlyArray<Row>>> = {
  answers: [...answers, ...withinSuccess, ...oddEnvelopes, ...fromGateways, ...refusals],
  successes,
  network,
  bodies: [...bodyFaults, ...odd],
  streams
}
