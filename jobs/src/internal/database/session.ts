/** How a session of PostgreSQL ends whose worker is paused, cut off or gone. */

/**
 * A session that nobody ends keeps its locks: those of rows while it is within a transaction, and those of the shards
 * for as long as it lives. By default that is for hours, and all other workers wait. A worker that lives asks something
 * every five seconds, and is within a transaction for milliseconds.
 *
 * The times of TCP count where the other machine does not answer at all. The first two also count where a process is
 * stopped, whose machine still answers for it.
 */
export const sessionSettings = {
  idle_in_transaction_session_timeout: "10s",
  idle_session_timeout: "15s",
  tcp_user_timeout: "15s",
  tcp_keepalives_idle: "5s",
  tcp_keepalives_interval: "5s",
  tcp_keepalives_count: "2"
} as const

/** The address of a database with settings for its sessions. Those that the address has already win. */
export const withSettings = (url: string, settings: Readonly<Record<string, string>>): string => {
  const at = url.indexOf("?")
  const params = new URLSearchParams(at < 0 ? "" : url.slice(at + 1))
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
  params.set("options", [...ours, ...params.getAll("options")].join(" "))
  return `${at < 0 ? url : url.slice(0, at)}?${params}`
}
