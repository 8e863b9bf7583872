/**
 * What the runtimes report when a connection fails, and whether it is certain that nothing was sent.
 *
 * A code alone is rarely proof. A pooled socket ends with `read EHOSTUNREACH` when its host goes away. OpenSSL gives
 * the same ERR_SSL_* for a record broken within the handshake (fetch and undici) and for one broken after the request
 * (node:http). node:http turns it into `write EPROTO`, and Bun says "The TLS handshake failed" in both cases. When a
 * pooled connection ends, Deno sends a POST again by itself, so its "client error (Connect)" may be from the second
 * sending. All of it was observed with Node 20, 22 and 24, Bun 1.4 and Deno 2.9.
 */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as Predicate from "effect/Predicate"
import { answerOf, descriptionOf } from "./clientFailure.js"
import { proxyRefused, refusedCertificates, timedOut } from "./connectionCodes.js"

export interface ConnectionFailure {
  readonly phase: "connect" | "response"
  readonly code?: string
  readonly description: string
}

/**
 * Codes that never end an established connection: of the name look-up, of connecting in undici and Bun, of a proxy's
 * tunnel.
 */
const neverConnected: ReadonlySet<string> = new Set([
  ...["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME", "DNSResolveFailed"],
  ...["UND_ERR_CONNECT_TIMEOUT", "ConnectionRefused", "FailedToOpenSocket", proxyRefused],
  ...refusedCertificates
])

/** System calls that come before the first byte of a request. `queryA` and the like belong to `dns.resolve`. */
const beforeSending = /^(?:connect|getaddrinfo|query[A-Z]\w*)$/

/** undici's message for a proxy that answers CONNECT with anything but 200. Its code, UND_ERR_ABORTED, says nothing. */
const noTunnel = /^Proxy response \(\d+\) !== 200 when HTTP Tunneling$/

/** Failures without a system call whose text proves that nothing was sent. */
const unsent: ReadonlyArray<RegExp> = [
  noTunnel,
  /^Client network socket disconnected before secure TLS connection was established$/,
  // `fetch` refuses the port: Node, Deno.
  /^bad port$/,
  /^Fetch failed: Requests to port \d+ are blocked$/,
  // Bun puts the system's code before it.
  /^(?:E[A-Z]+: )?Unable to connect\. Is the computer able to access the url\?$/
]

type Failure = Readonly<Record<string, unknown>>

/** Bounded, because a cause may point back at its error. */
const depth = 8

const isText = (value: unknown): value is string => Predicate.isString(value) && value !== ""

/** A runtime may put any value there. One that cannot be converted to text would throw. */
const textOf = (value: unknown): string => (isText(value) ? value : "")

/** The failures in an aggregate, one for each address that was tried. */
const partsOf = (failure: Failure): ReadonlyArray<unknown> =>
  Array.isArray(failure["errors"]) ? (failure["errors"] as ReadonlyArray<unknown>) : []

/** An error and what it wraps, from the outside in. */
const chain = (error: unknown, left = depth): ReadonlyArray<Failure> => {
  if (left === 0 || !Predicate.isObject(error)) return []
  const failure = error as Failure
  return [failure, ...chain(failure["cause"] ?? partsOf(failure)[0], left - 1)]
}

/** A runtime's own time limit has a name instead of a code (Bun: after 6 minutes). */
const codeOf = ({ code, name }: Failure): unknown => (isText(code) || name !== timedOut ? code : timedOut)

const says = (failure: Failure): boolean =>
  neverConnected.has(textOf(failure["code"])) ||
  beforeSending.test(textOf(failure["syscall"])) ||
  unsent.some((words) => words.test(textOf(failure["message"])))

/** Whether nothing was sent. Where several addresses were tried, this must hold for each. */
const neverSent = (error: unknown, left = depth): boolean => {
  if (left === 0 || !Predicate.isObject(error)) return false
  const failure = error as Failure
  const parts = partsOf(failure)
  if (parts.length > 0) return parts.every((part) => neverSent(part, left - 1))
  return says(failure) || neverSent(failure["cause"], left - 1)
}

/**
 * `error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/...`: only the reason in it is for people.
 */
const openSsl = /error:[0-9A-F]{8}:[^:]*:[^:]*:([^:]+)/i

const wordsOf = (message: string): string => {
  const reason = openSsl.exec(message)?.[1]
  return (reason === undefined ? message : `TLS: ${reason}`).trim()
}

/** Reads the failure's own words. It leaves out the request within the error, which holds the key. */
export const describeFailure = (error: HttpClientError): ConnectionFailure => {
  const causes = chain(error.cause)
  const messages = causes.map((cause) => cause["message"]).filter(isText)
  const code = messages.some((message) => noTunnel.test(message)) ? proxyRefused : causes.map(codeOf).find(isText)
  const phase = answerOf(error) === undefined && neverSent(error.cause) ? "connect" : "response"
  const description = wordsOf(messages.at(-1) ?? descriptionOf(error) ?? "the network failed")
  return code === undefined ? { phase, description } : { phase, code, description: withCode(description, code) }
}

const withCode = (description: string, code: string): string =>
  description.includes(code) ? description : `${description} (${code})`
