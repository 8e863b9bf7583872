/** What to do about a connection that failed, by its code: the proxy, the certificate, TLS and time are no matter of the network. */
import type { ConnectionError } from "../../Errors.js"
import { proxyRefused, refusedCertificates, timedOut } from "../attempt/connectionCodes.js"
import { actions } from "./facts.js"

const certificate =
  "Check the host of the base URL, this machine's clock, and which certificate authorities the runtime trusts " +
  "(`NODE_EXTRA_CA_CERTS` in Node)."

const tls =
  "Check that the port of the base URL speaks TLS, and what stands on the way: a proxy or a virus scanner may spoil it."

const time =
  "The runtime's own limit of time has passed, which no `timeout` raises: 5 minutes without a head or a byte in Node, 6 in Bun. Use " +
  "`generateStream`, or raise it by `fetchOptions`: in Node by a dispatcher with a longer `headersTimeout` and `bodyTimeout`, in Bun by " +
  "`timeout: false`."

const times = new Set<string>(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", timedOut])

const advices: ReadonlyArray<readonly [is: (code: string) => boolean, advice: string]> = [
  [
    (code) => code === proxyRefused,
    "Check the proxy: its address, its credentials, and whether it lets you reach this host."
  ],
  [(code) => times.has(code), time],
  [(code) => refusedCertificates.has(code), certificate],
  [(code) => code === "EPROTO" || code.startsWith("ERR_SSL_"), tls]
]

export const connectionAdvice = ({ code = "" }: Pick<ConnectionError, "code">): string =>
  advices.find(([is]) => is(code))?.[1] ?? actions.ConnectionError
