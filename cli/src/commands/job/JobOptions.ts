/** The options that several commands of `job` have. */
import * as Args from "@effect/cli/Args"
import * as Flag from "../../options/Flag.js"
import { defaultFile, variable } from "./database/Target.js"
import * as Store from "./store/Store.js"

export const database = Flag.text(
  "database",
  "PATH|URL",
  `An SQLite file, or postgres://…. Default: ${variable}, else ${defaultFile}`
)

export const store = Flag.text(
  "store",
  "DIR|URL",
  `Where the workers keep the pictures: a folder, or s3://BUCKET/PREFIX (see openrouter-images help environment). Default: ${Store.variable}, else ${Store.defaultFolder}`
)

export const json = Flag.toggle("json", "Print JSON instead of text")

export const name = Args.text({ name: "NAME" }).pipe(Args.withDescription("The job's name"))
