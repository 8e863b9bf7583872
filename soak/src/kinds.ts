// What can happen to an attempt: a twentieth of all attempts each, and the rest are left alone.
import type { Random } from "./random.js"

/** A fault as the header `x-emulator-fault` holds it. */
export type Fault = Readonly<Record<string, unknown>>

export interface Kind {
  readonly name: string
  readonly fault?: Fault
  /** What the call comes to when this happens to its last attempt. */
  readonly outcome: string
  /** Whether the server billed it: what the ledger must say. */
  readonly billed: boolean
  /** Whether the default policy tries again. */
  readonly again?: true
}

const failing = (status: number): Kind => ({
  name: `${status}, envelope`,
  fault: { _tag: "Status", status },
  outcome: `${classes[status] ?? "OpenRouterDefaultError"} notBilled`,
  billed: false,
  again: true
})

const classes: Readonly<Record<number, string>> = {
  429: "TooManyRequestsResponseError",
  500: "InternalServerResponseError",
  502: "BadGatewayResponseError",
  524: "EdgeNetworkTimeoutResponseError",
  529: "ProviderOverloadedResponseError"
}

const corrupt = (how: string, outcome = "ResponseValidationError unknown"): Kind => ({
  name: `corrupt: ${how}`,
  fault: { _tag: "Corrupt", how },
  outcome,
  billed: true
})

export const none: Kind = { name: "none", outcome: "success", billed: true }

export const stalled = "RequestTimeoutError unknown"

export const kinds: ReadonlyArray<Kind> = [
  ...[429, 500, 502, 503, 529].map(failing),
  {
    name: "502, HTML",
    fault: { _tag: "Status", status: 502, body: "html" },
    outcome: "BadGatewayResponseError unknown",
    billed: false
  },
  {
    name: "504",
    fault: { _tag: "Status", status: 504 },
    outcome: "OpenRouterDefaultError unknown",
    billed: false
  },
  {
    name: "524 after completion",
    fault: { _tag: "Status", status: 524, body: "html", afterCompletion: true },
    outcome: "EdgeNetworkTimeoutResponseError unknown",
    billed: true
  },
  {
    name: "reset, head",
    fault: { _tag: "Reset", at: "head" },
    outcome: "ConnectionError unknown",
    billed: false
  },
  {
    name: "reset, head, after completion",
    fault: { _tag: "Reset", at: "head", afterCompletion: true },
    outcome: "ConnectionError unknown",
    billed: true
  },
  { name: "reset, body", fault: { _tag: "Reset", at: "body" }, outcome: "ConnectionError unknown", billed: true },
  ...["notJson", "cutJson", "empty"].map((how) => corrupt(how)),
  // The cost stands beside the picture that is none.
  corrupt("badBase64", "ResponseValidationError billed"),
  // It is the time, which is known without the server as well.
  corrupt("missingField", "success"),
  { name: "stall, head", fault: { _tag: "Stall", at: "head" }, outcome: stalled, billed: false },
  {
    name: "pace",
    fault: { _tag: "Pace", keepAlives: 2, chunkBytes: 256 * 1024, everyMillis: 1 },
    outcome: "success",
    billed: true
  }
]

const share = 0.05

const draw = (random: Random): Kind => kinds[Math.floor(random() / share)] ?? none

/** The default policy makes five attempts at most. */
const mostAttempts = 5

/** What happens to each attempt of a call, up to the one that decides. */
export const planOf = (random: Random): ReadonlyArray<Kind> => {
  const plan: Array<Kind> = []
  do plan.push(draw(random))
  while (plan.at(-1)?.again && plan.length < mostAttempts)
  return plan
}
