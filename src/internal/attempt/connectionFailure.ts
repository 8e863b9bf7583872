/**
 * What the runtimes say when a connection fails, and whether it is certain that nothing was sent.
 *
 * A code alone seldom is a proof. A pooled socket ends with `read EHOSTUNREACH` when its host goes away. OpenSSL gives the same ERR_SSL_* for a
 * record that is broken within the handshake (fetch and undici) and for one that is broken after the request (node:http), node:http makes
 * `write EPROTO` of it, and Bun says "The TLS handshake failed" of either. Deno sends a POST again by itself when a pooled connection ends, so
 * that its "client error (Connect)" may be the second sending. All of it was seen with Node 20, 22 and 24, Bun 1.4 and Deno 2.9.
 */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as Predicate from "effect/Predicate"
import { proxyRefused, refusedCertificates, timedOut } from "./connectionCodes.js"

export interface ConnectionFailure {
  readonly phase: "connect" | "response"
  readonly code?: string
  readonly description: string
}

/** Codes that no connection which was made ever ends with: of the name look-up, of undici's and Bun's connecting, of a proxy's tunnel. */
const neverConnected: ReadonlySet<string> = new Set([
  ...["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME", "DNSResolveFailed"],
  ...["UND_ERR_CONNECT_TIMEOUT", "ConnectionRefused", "FailedToOpenSocket", proxyRefused],
  ...refusedCertificates
])

/** System calls that come before the first byte of a request; `queryA` and its like are `dns.resolve`'s. */
const beforeSending = /^(?:connect|getaddrinfo|query[A-Z]\w*)$/

/** How undici names a proxy that answers CONNECT with anything but 200: its code, UND_ERR_ABORTED, says nothing. */
const noTunnel = /^Proxy response \(\d+\) !== 200 when HTTP Tunneling$/

/** Failures without a system call that say by themselves that nothing was sent. */
const unsent: ReadonlyArray<RegExp> = [
  noTunnel,
  /^Client network socket disconnected before secure TLS connection was established$/,
  // `fetch` refuses the port: Node, Deno.
  /^bad port$/,
  /^Fetch failed: Requests to port \d+ are blocked$/,
  // Bun, which puts the code of the system before it.
  /^(?:E[A-Z]+: )?Unable to connect\. Is the computer able to access the url\?$/
]

type Failure = Readonly<Record<string, unknown>>

/** The depth is bounded: a cause may point back at its error. */
const depth = 8

const isText = (value: unknown): value is string => Predicate.isString(value) && value !== ""

/** A runtime may put anything there; what cannot be made into text would throw. */
const textOf = (value: unknown): string => (isText(value) ? value : "")

/** The failures that one stands for, each of an address that was tried. */
const partsOf = (failure: Failure): ReadonlyArray<unknown> =>
  Array.isArray(failure["errors"]) ? (failure["errors"] as ReadonlyArray<unknown>) : []

/** An error and what it wraps, from the outside in. */
const chain = (error: unknown, left = depth): ReadonlyArray<Failure> => {
  if (left === 0 || !Predicate.isObject(error)) return []
  const failure = error as Failure
  return [failure, ...chain(failure["cause"] ?? partsOf(failure)[0], left - 1)]
}

/** A limit of time of the runtime's own has a name in place of a code (Bun: after 6 minutes). */
const codeOf = ({ code, name }: Failure): unknown => (isText(code) || name !== timedOut ? code : timedOut)

const says = (failure: Failure): boolean =>
  neverConnected.has(textOf(failure["code"])) ||
  beforeSending.test(textOf(failure["syscall"])) ||
  unsent.some((words) => words.test(textOf(failure["message"])))

/** Whether nothing was sent. Where several addresses were tried, it has to be so of each. */
const neverSent = (error: unknown, left = depth): boolean => {
  if (left === 0 || !Predicate.isObject(error)) return false
  const failure = error as Failure
  const parts = partsOf(failure)
  if (parts.length > 0) return parts.every((part) => neverSent(part, left - 1))
  return says(failure) || neverSent(failure["cause"], left - 1)
}

/** `error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/...`: the words in it are the reason's alone. */
const openSsl = /error:[0-9A-F]{8}:[^:]*:[^:]*:([^:]+)/i

const wordsOf = (message: string): string => {
  const reason = openSsl.exec(message)?.[1]
  return (reason === undefined ? message : `TLS: ${reason}`).trim()
}

/** Reads the failure's own words; the request within it, which holds the key, is left behind. */
export const describeFailure = (error: HttpClientError): ConnectionFailure => {
  const causes = chain(error.cause)
  const messages = causes.map((cause) => cause["message"]).filter(isText)
  const code = messages.some((message) => noTunnel.test(message)) ? proxyRefused : causes.map(codeOf).find(isText)
  const phase = error._tag === "RequestError" && neverSent(error.cause) ? "connect" : "response"
  const description = wordsOf(messages.at(-1) ?? error.description ?? "the network failed")
  return code === undefined ? { phase, description } : { phase, code, description: withCode(description, code) }
}

const withCode = (description: string, code: string): string =>
  description.includes(code) ? description : `${description} (${code})`
