/** The options of the commands of `job`. */
import * as Args from "@effect/cli/Args"
import type * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Flag from "../../options/Flag.js"
import * as RequestOptions from "../../options/RequestOptions.js"
import { defaultFile, variable } from "./database/Target.js"
import * as Store from "./store/Store.js"
import * as View from "./worker/View.js"

const database = Flag.text(
  "database",
  "PATH|URL",
  `A file of SQLite, or postgres://…. Default: ${variable}, else ${defaultFile}`
)

const store = Flag.text(
  "store",
  "DIR|URL",
  `Where the workers keep the pictures: a folder, or s3://BUCKET/PREFIX with Amazon's variables. Default: ${Store.variable}, else ${Store.defaultFolder}`
)

const json = Flag.isSet("json", "The same as JSON")

const name = Args.text({ name: "NAME" }).pipe(Args.withDescription("The job"))

export const submit = {
  file: Args.text({ name: "FILE.jsonl" }).pipe(
    Args.withDescription("The requests, one a line as for `batch`; - reads them from stdin")
  ),
  job: Flag.text("job", "NAME", "The name of the job. Default: that of the file, without its ending"),
  model: RequestOptions.model("The model of lines that name none"),
  limit: Flag.dollars("limit", "What the job may cost over all workers, in US dollars"),
  json,
  database
}

const onUnknown = ["fail", "retry", "ask"] as const

export const worker = {
  concurrency: Flag.count("concurrency", "How many requests at a time. Default: 8"),
  rate: Flag.count(
    "rate",
    "How many requests in any minute, by all workers of the database; give all of them the same. Default: no limit"
  ),
  store,
  onUnknown: Flag.oneOf(
    "on-unknown",
    onUnknown,
    "What follows when an attempt may have been billed; `retry` may pay twice. Default: fail. One of"
  ),
  host: Flag.text("host", "HOST", "Where other workers reach this one (PostgreSQL). Default: 127.0.0.1"),
  port: Flag.port("port", "The port for them, within your own network (PostgreSQL). Default: a free one"),
  view: Flag.parsed(
    "view",
    "[HOST:]PORT",
    "a port, or HOST:PORT",
    View.addressOf,
    `Show the jobs to a browser, there. Default for HOST: 127.0.0.1, this machine alone; any other wants a secret in ${View.tokenVariable}`
  ),
  untilDone: Flag.isSet("until-done", "End when nothing is left to do, with the exit code of what failed"),
  database,
  emulator: Flag.emulator
}

export const watch = {
  name: Args.text({ name: "NAME" }).pipe(
    Args.withDescription("The job. Default: the newest"),
    Args.optional,
    Args.map((given) => (given._tag === "Some" ? given.value : undefined))
  ),
  json: Flag.isSet("json", "A line of JSON on stdout for each change"),
  database
}

export const list = { json, database }

export const status = { name, json, database }

export const results = {
  name,
  out: Options.text("out").pipe(
    Options.withPseudoName("DIR"),
    Options.withDescription("The folder for the pictures and results.jsonl; what is in it is not written again")
  ),
  store,
  noProvenance: Flag.noProvenance,
  database
}

export const cancel = { name, json, database }

export const retry = {
  name,
  mayPayTwice: Flag.isSet("may-pay-twice", "Also what was billed without a picture, or may have been billed"),
  json,
  database
}

export const decide = {
  item: Args.text({ name: "ITEM" }).pipe(Args.withDescription("The item, as `job status` names it")),
  decision: Args.text({ name: "retry|fail" }).pipe(
    Args.withDescription("`retry` sends it again and may pay twice; `fail` lets it fail")
  ),
  database
}

export type Submit = Command.Command.ParseConfig<typeof submit>
export type Worker = Command.Command.ParseConfig<typeof worker>
export type Watch = Command.Command.ParseConfig<typeof watch>
export type List = Command.Command.ParseConfig<typeof list>
export type Status = Command.Command.ParseConfig<typeof status>
export type Results = Command.Command.ParseConfig<typeof results>
export type Cancel = Command.Command.ParseConfig<typeof cancel>
export type Retry = Command.Command.ParseConfig<typeof retry>
export type Decide = Command.Command.ParseConfig<typeof decide>
