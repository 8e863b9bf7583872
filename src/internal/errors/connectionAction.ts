/**
 * What to do about a failed connection, by its code. The proxy, the certificate, TLS and time limits are not problems
 * of the network.
 */
import type { ConnectionError, Terms } from "../../Errors.js"
import { proxyRefused, refusedCertificates, timedOut } from "../attempt/connectionCodes.js"
import { generationActions } from "./facts.js"

const proxy = "Check the proxy: its address, its credentials, and whether it lets you reach this host."

const certificate = ({ baseUrl }: Terms): string =>
  `Check the host of ${baseUrl}, this machine's clock, and which certificate authorities the runtime trusts ` +
  "(`NODE_EXTRA_CA_CERTS` in Node)."

const tls = ({ baseUrl }: Terms): string =>
  `Check that the port of ${baseUrl} speaks TLS, and that no proxy or virus scanner on the way interferes.`

const time = ({ fetchOptions, generateStream, timeout }: Terms): string =>
  `The runtime's own time limit has passed, and ${timeout} does not raise it: Node allows 5 minutes without a head or a byte, ` +
  `Bun 6. Use ${generateStream}, or raise the limit by ${fetchOptions}: in Node with a dispatcher that has a longer ` +
  "`headersTimeout` and `bodyTimeout`, in Bun with `timeout: false`."

const times = new Set<string>(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", timedOut])

const actions: ReadonlyArray<readonly [is: (code: string) => boolean, action: (terms: Terms) => string]> = [
  [(code) => code === proxyRefused, () => proxy],
  [(code) => times.has(code), time],
  [(code) => refusedCertificates.has(code), certificate],
  [(code) => code === "EPROTO" || code.startsWith("ERR_SSL_"), tls]
]

export const connectionAction = ({ code = "" }: Pick<ConnectionError, "code">, terms: Terms): string =>
  actions.find(([is]) => is(code))?.[1](terms) ?? generationActions(terms).ConnectionError
