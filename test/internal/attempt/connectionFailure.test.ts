import { HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { describeFailure as read } from "../../../src/internal/attempt/connectionFailure.js"
import { bodyBroken, noAnswer } from "../../support/clientFailure.js"

const request = HttpClientRequest.post("https://example.test/api/v1/images")

interface Words {
  readonly message?: string
  readonly code?: string | number
  readonly syscall?: string
  readonly cause?: unknown
  readonly errors?: ReadonlyArray<unknown>
}

const failure = ({ message = "", ...rest }: Words): Error => Object.assign(new Error(message), rest)
/** As `fetch` of Node wraps them. */
const fetchFailed = (cause: unknown) => Object.assign(new TypeError("fetch failed"), { cause })
const ofRequest = (cause: unknown) => read(noAnswer(request, { cause }))
const systemCall = (syscall: string, code: string) =>
  failure({ message: `${syscall} ${code} 10.0.0.1:443`, syscall, code })

const openSsl = (reason: string) =>
  `809CAB7AA17F0000:error:0A00010B:SSL routines:ssl3_get_record:${reason}:../deps/openssl/ssl3_record.c:350:\n`
const ofTls = (code: string) => failure({ code, message: openSsl("wrong version number") })

/** What runtimes say where nothing was sent: each was seen, in the runtime that stands before it. */
const neverSent: Readonly<Record<string, unknown>> = {
  "Node: the connection is refused": systemCall("connect", "ECONNREFUSED"),
  "Node: the host is not reached": systemCall("connect", "EHOSTUNREACH"),
  "Node: the network is not reached": systemCall("connect", "ENETUNREACH"),
  "Node: no local address is left": systemCall("connect", "EADDRNOTAVAIL"),
  "Node: the connecting takes too long": systemCall("connect", "ETIMEDOUT"),
  "Node: the host has no address": systemCall("getaddrinfo", "ENOTFOUND"),
  "Node: the name server of a lookup by dns.resolve fails": systemCall("queryA", "ESERVFAIL"),
  "Node: the handshake is cut": failure({
    code: "ECONNRESET",
    message: "Client network socket disconnected before secure TLS connection was established"
  }),
  "Node: the certificate has expired": failure({ code: "CERT_HAS_EXPIRED", message: "certificate has expired" }),
  "Node: the certificate is self-signed": failure({ code: "DEPTH_ZERO_SELF_SIGNED_CERT", message: "self-signed" }),
  "Node: the certificate is another host's": failure({ code: "ERR_TLS_CERT_ALTNAME_INVALID", message: "altnames" }),
  "Node: fetch refuses the port": failure({ message: "bad port" }),
  "Node: its agent's proxy refuses the tunnel": failure({ code: "ERR_PROXY_TUNNEL", message: "HTTP/1.1 407 Nope" }),
  "undici: connecting takes too long": failure({ code: "UND_ERR_CONNECT_TIMEOUT", message: "Connect Timeout Error" }),
  "undici: the proxy refuses the tunnel": failure({
    code: "UND_ERR_ABORTED",
    message: "Proxy response (407) !== 200 when HTTP Tunneling"
  }),
  "Bun: the connection is refused": failure({
    code: "ECONNREFUSED",
    message: "ECONNREFUSED: Unable to connect. Is the computer able to access the url?"
  }),
  "Bun: the host is not reached": failure({
    code: "EHOSTUNREACH",
    message: "EHOSTUNREACH: Unable to connect. Is the computer able to access the url?"
  }),
  "an older Bun: the connection is refused": failure({ code: "ConnectionRefused", message: "Unable to connect." }),
  "Bun: the proxy refuses the tunnel": failure({ code: "ERR_PROXY_TUNNEL", message: "Proxy refused to open a tunnel" }),
  "Deno: fetch refuses the port": failure({ message: "Fetch failed: Requests to port 9 are blocked" }),
  "Node: each of several addresses refuses": failure({
    code: "ECONNREFUSED",
    errors: [systemCall("connect", "ECONNREFUSED"), systemCall("connect", "ENETUNREACH")]
  })
}

/** What may be said of a connection that was made, and of a request that has arrived. */
const perhapsSent: Readonly<Record<string, unknown>> = {
  "a pooled socket whose host is gone": systemCall("read", "EHOSTUNREACH"),
  "a pooled socket whose network is gone": systemCall("read", "ENETUNREACH"),
  "a socket whose port is closed by a firewall": systemCall("read", "ECONNREFUSED"),
  "a write to a host that is gone": systemCall("write", "EHOSTUNREACH"),
  "a socket without a local address": systemCall("read", "EADDRNOTAVAIL"),
  "a socket that was reset": systemCall("read", "ECONNRESET"),
  "a socket that timed out": systemCall("read", "ETIMEDOUT"),
  "node:http: a record that breaks while the request is written": failure({
    syscall: "write",
    code: "EPROTO",
    message: `write EPROTO ${openSsl("wrong version number")}`
  }),
  "Bun: a record that breaks, whenever it does": failure({
    code: "EPROTO",
    message: "EPROTO: The TLS handshake failed. Does the server speak TLS on this port?"
  }),
  "Deno: a POST that Deno sent again by itself": failure({
    message: "error sending request for url (https://example.test/): client error (Connect): tcp connect error"
  }),
  "undici: a closed socket": failure({ code: "UND_ERR_SOCKET", message: "other side closed" }),
  "undici: no head in time": failure({ code: "UND_ERR_HEADERS_TIMEOUT", message: "Headers Timeout Error" }),
  "undici: given up": failure({ code: "UND_ERR_ABORTED", message: "Request aborted" }),
  "one of several addresses that was reached": failure({
    code: "ECONNREFUSED",
    errors: [systemCall("connect", "ECONNREFUSED"), systemCall("read", "ECONNRESET")]
  }),
  "several addresses of which nothing is known": failure({ code: "ECONNREFUSED", errors: [] }),
  "words about a handshake that a server put into its answer": failure({
    message: "Parse Error: Client network socket disconnected before secure TLS connection was established"
  }),
  "a cause that points back at its error": (() => {
    const error: { cause?: unknown } = {}
    error.cause = error
    return error
  })(),
  "no error at all": "a text"
}

const bareCodes = [
  ...["EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EPROTO"],
  ...["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG", "ERR_SSL_BAD_RECORD_TYPE"],
  ...["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"],
  ...["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"]
]

describe("nothing was sent", () => {
  it.each(Object.entries(neverSent))("is certain of %s", (_, cause) => {
    for (const error of [cause, fetchFailed(cause), fetchFailed(failure({ code: 0, cause }))]) {
      expect(ofRequest(error).phase).toBe("connect")
    }
  })

  it.each(Object.entries(perhapsSent))("is not certain of %s", (_, cause) => {
    for (const error of [cause, fetchFailed(cause)]) expect(ofRequest(error).phase).toBe("response")
  })

  it.each(bareCodes)("is not certain by the code %s alone", (code) => {
    for (const cause of [failure({ code }), fetchFailed(ofTls(code))]) {
      expect(ofRequest(cause)).toMatchObject({ phase: "response", code })
    }
  })

  it("is not certain once an answer has begun, whatever is said then", () => {
    const response = HttpClientResponse.fromWeb(request, new Response(""))
    for (const cause of Object.values(neverSent)) {
      const error = bodyBroken(response, cause)
      expect(read(error).phase).toBe("response")
    }
  })
})

describe("the words of a failure", () => {
  it("are the innermost ones, with their code", () => {
    expect(ofRequest(fetchFailed(failure({ code: "UND_ERR_SOCKET", message: "other side closed" })))).toEqual({
      phase: "response",
      code: "UND_ERR_SOCKET",
      description: "other side closed (UND_ERR_SOCKET)"
    })
  })

  it("leave out where in OpenSSL's source it was", () => {
    expect(ofRequest(ofTls("ERR_SSL_WRONG_VERSION_NUMBER")).description).toBe(
      "TLS: wrong version number (ERR_SSL_WRONG_VERSION_NUMBER)"
    )
  })

  it("of a proxy that refuses the tunnel have one code, whichever client it was", () => {
    const message = "Proxy response (403) !== 200 when HTTP Tunneling"
    const wrapped = failure({
      code: 0,
      message: "Request was cancelled.",
      cause: failure({ code: "UND_ERR_ABORTED", message })
    })
    expect(ofRequest(fetchFailed(wrapped))).toEqual({
      phase: "connect",
      code: "ERR_PROXY_TUNNEL",
      description: `${message} (ERR_PROXY_TUNNEL)`
    })
  })
})
