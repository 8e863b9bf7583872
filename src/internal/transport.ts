/** What the runtimes say when a connection fails, and whether it was ever made: only then is it certain that nothing was sent. */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as Predicate from "effect/Predicate"

export interface Broken {
  readonly phase: "connect" | "response"
  readonly code?: string
  readonly description: string
}

/** Failures of the name service, of TCP and of the TLS handshake: Node, undici, Bun and Deno. */
const neverConnected = new Set([
  ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"],
  ...["UND_ERR_CONNECT_TIMEOUT", "ConnectionRefused", "FailedToOpenSocket", "DNSResolveFailed", "EPROTO"],
  ...[
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "CERT_UNTRUSTED",
    "CERT_REJECTED",
    "CERT_REVOKED",
    "CERT_SIGNATURE_FAILURE"
  ],
  ...[
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "HOSTNAME_MISMATCH"
  ],
  ...["UNABLE_TO_GET_ISSUER_CERT", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ...["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG", "ERR_SSL_UNSUPPORTED_PROTOCOL"],
  ...[
    "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
    "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
    "ERR_SSL_TLSV1_UNRECOGNIZED_NAME"
  ]
])

/** System calls that come before the first byte of a request. */
const beforeSending = new Set(["connect", "getaddrinfo"])

/** Failures that have no code: the TLS handshake was cut, or `fetch` refuses the port itself. */
const unsent = /before secure TLS connection was established|^bad port$/

/** An error and what it wraps, from the outside in. The depth is bounded: a cause may point back at its error. */
const chain = (error: unknown, depth = 8): ReadonlyArray<Readonly<Record<string, unknown>>> => {
  if (depth === 0 || !Predicate.isObject(error)) return []
  const record = error as Readonly<Record<string, unknown>>
  const inner = Array.isArray(record["errors"]) ? record["errors"][0] : undefined
  return [record, ...chain(record["cause"] ?? inner, depth - 1)]
}

const isText = (value: unknown): value is string => Predicate.isString(value) && value !== ""

/** A runtime may put anything there; what cannot be made into text would throw. */
const textOf = (value: unknown): string => (isText(value) ? value : "")

const neverSent = (error: Readonly<Record<string, unknown>>): boolean =>
  neverConnected.has(textOf(error["code"])) ||
  beforeSending.has(textOf(error["syscall"])) ||
  unsent.test(textOf(error["message"]))

/** Reads the failure's own words; the request within it, which holds the key, is left behind. */
export const describe = (error: HttpClientError): Broken => {
  const causes = chain(error.cause)
  const code = causes.map((cause) => cause["code"]).find(isText)
  const innermost = causes
    .map((cause) => cause["message"])
    .filter(isText)
    .at(-1)
  const phase = error._tag === "RequestError" && causes.some(neverSent) ? "connect" : "response"
  const description = innermost ?? error.description ?? "the network failed"
  return code === undefined ? { phase, description } : { phase, code, description: withCode(description, code) }
}

const withCode = (description: string, code: string): string =>
  description.includes(code) ? description : `${description} (${code})`
