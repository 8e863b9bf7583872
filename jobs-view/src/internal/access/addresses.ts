/** Which addresses only this machine can reach. */
import type { Address } from "@effect/platform/HttpServer"

const withoutBrackets = (host: string): string => host.toLowerCase().replace(/^\[(.*)\]$/, "$1")

/** Names and addresses that no other machine can reach. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|::1|(::ffff:)?127(\.\d{1,3}){3})$/.test(withoutBrackets(host))

/** Whether other machines can reach a server. A socket in the file system is guarded by its permissions. */
export const isReachable = (address: Address): boolean => address._tag === "TcpAddress" && !isLoopback(address.hostname)

/** The name in a Host header, without its port. */
export const nameIn = (host: string): string => host.replace(/:\d*$/, "")
