/** The options that several commands of `job` have. */
import * as Args from "@effect/cli/Args"
import * as Flag from "../../options/Flag.js"
import { defaultFile, variable } from "./database/Target.js"
import * as Store from "./store/Store.js"

export const database = Flag.text(
  "database",
  "PATH|URL",
  `A file of SQLite, or postgres://…. Default: ${variable}, else ${defaultFile}`
)

export const store = Flag.text(
  "store",
  "DIR|URL",
  `Where the workers keep the pictures: a folder, or s3://BUCKET/PREFIX with Amazon's variables. Default: ${Store.variable}, else ${Store.defaultFolder}`
)

export const json = Flag.toggle("json", "The same as JSON")

export const name = Args.text({ name: "NAME" }).pipe(Args.withDescription("The job"))
