/** The options of `job worker`. */
import * as Flag from "../../../options/Flag.js"
import type * as Command from "../../Command.js"
import * as JobOptions from "../JobOptions.js"
import * as Callbacks from "./Callbacks.js"
import * as View from "./View.js"

const onUnknown = ["fail", "retry", "ask"] as const

export const config = {
  concurrency: Flag.count("concurrency", "How many requests to send at once. Default: 8"),
  rate: Flag.count(
    "rate",
    "The most requests per minute over all workers of the database; give each the same value. Default: no limit"
  ),
  store: JobOptions.store,
  onUnknown: Flag.oneOf(
    "on-unknown",
    onUnknown,
    "What to do when an attempt may have been billed; `retry` may pay twice. Default: fail. One of"
  ),
  host: Flag.text("host", "HOST", "The address where other workers reach this one (PostgreSQL). Default: 127.0.0.1"),
  port: Flag.port("port", "The port at that address, within your own network (PostgreSQL). Default: a free one"),
  view: Flag.custom(
    "view",
    "[HOST:]PORT",
    "a port, or HOST:PORT",
    View.addressOf,
    `Serve a web page with the jobs there. Default for HOST: 127.0.0.1; any other needs a secret in ${View.tokenVariable}`
  ),
  monitor: Flag.custom(
    "monitor",
    "[HOST:]PORT",
    "a port, or HOST:PORT",
    View.addressOf,
    "Serve /health, /ready and /metrics there, without a password. Default for HOST: 127.0.0.1"
  ),
  callback: Flag.text("callback", "URL", `Send each event of the jobs there, signed with ${Callbacks.secretVariable}`),
  drain: Flag.duration(
    "drain",
    "How long calls in flight may take when the worker is told to end, such as 60s; it then names what it gave up. Default: 5 minutes"
  ),
  retention: Flag.duration(
    "retention",
    "Remove jobs so long after their end, such as 30d; their pictures stay. Default: never"
  ),
  untilDone: Flag.toggle("until-done", "Exit when nothing is left to do, with the exit code of the worst failure"),
  database: JobOptions.database,
  emulator: Flag.emulator
}

/** The options as they were given. */
export type WorkerOptions = Command.Options<typeof config>
