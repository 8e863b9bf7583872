/** The options of `job worker`. */
import * as Flag from "../../../options/Flag.js"
import type * as Command from "../../Command.js"
import * as JobOptions from "../JobOptions.js"
import * as View from "./View.js"

const onUnknown = ["fail", "retry", "ask"] as const

export const config = {
  concurrency: Flag.count("concurrency", "How many requests at a time. Default: 8"),
  rate: Flag.count(
    "rate",
    "How many requests in any minute, by all workers of the database; give all of them the same. Default: no limit"
  ),
  store: JobOptions.store,
  onUnknown: Flag.oneOf(
    "on-unknown",
    onUnknown,
    "What follows when an attempt may have been billed; `retry` may pay twice. Default: fail. One of"
  ),
  host: Flag.text("host", "HOST", "Where other workers reach this one (PostgreSQL). Default: 127.0.0.1"),
  port: Flag.port("port", "The port for them, within your own network (PostgreSQL). Default: a free one"),
  view: Flag.custom(
    "view",
    "[HOST:]PORT",
    "a port, or HOST:PORT",
    View.addressOf,
    `Show the jobs to a browser, there. Default for HOST: 127.0.0.1, this machine alone; any other wants a secret in ${View.tokenVariable}`
  ),
  untilDone: Flag.toggle("until-done", "End when nothing is left to do, with the exit code of what failed"),
  database: JobOptions.database,
  emulator: Flag.emulator
}

/** The options as they were given. */
export type WorkerOptions = Command.Options<typeof config>
