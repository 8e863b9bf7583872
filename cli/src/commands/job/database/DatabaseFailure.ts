/** The failures of a database, for people. */
import * as Predicate from "effect/Predicate"
import { DatabaseError, type Failure, FileError, UsageError } from "../../../failure/Failure.js"
import { describe, type Target } from "./Target.js"

/** The error and what caused it, from the outside in. */
const chainOf = (error: unknown): ReadonlyArray<unknown> => {
  const chain: Array<unknown> = []
  for (let each = error; each !== undefined && each !== null && chain.length < 8; ) {
    chain.push(each)
    each = Predicate.hasProperty(each, "cause") ? each.cause : undefined
  }
  return chain
}

/** The code of Node, PostgreSQL or SQLite. */
const codeOf = (chain: ReadonlyArray<unknown>): string =>
  chain
    .flatMap((each) => (Predicate.hasProperty(each, "code") && Predicate.isString(each.code) ? [each.code] : []))
    .at(-1) ?? ""

const messageOf = (chain: ReadonlyArray<unknown>): string => {
  const last = chain.at(-1)
  const text = last instanceof Error ? last.message : String(last)
  return (text.split("\n")[0] ?? "").replace(/\.$/, "")
}

const unreachable = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ECONNRESET",
  "57P03"
])
const refusedLogin = new Set(["28P01", "28000"])

const ofFile = (path: string, code: string, message: string): Failure => {
  const cannot = (problem: string, advice: string) => new FileError({ problem, cost: "Nothing was billed.", advice })
  if (code === "SQLITE_NOTADB") {
    return cannot(`${path} is not an SQLite database.`, "Name another file with --database; this one was not changed.")
  }
  if (/bindings file|NODE_MODULE_VERSION|ERR_DLOPEN/.test(`${message} ${code}`)) {
    return new UsageError({
      problem: "better-sqlite3, the driver of SQLite, is not built for this Node.",
      advice: 'Run npm rebuild better-sqlite3; npm 11 wants "allowScripts": { "better-sqlite3": true } in package.json.'
    })
  }
  return cannot(
    `The database ${path} cannot be used: ${message}.`,
    "Check the file and its folder, or name another with --database."
  )
}

const ofServer = (where: string, code: string, message: string): DatabaseError => {
  if (refusedLogin.has(code)) {
    return new DatabaseError({
      problem: `${where} refuses this user: ${message}.`,
      advice: "Correct user and password in --database.",
      isSetting: true
    })
  }
  if (code === "3D000" || code === "42501") {
    return new DatabaseError({
      problem: `${where}: ${message}.`,
      advice: "Make the database (createdb), let the user make tables in it, or name another with --database.",
      isSetting: true
    })
  }
  if (unreachable.has(code) || /connect|terminated/i.test(message)) {
    return new DatabaseError({
      problem: `${where} cannot be reached: ${message || code}.`,
      advice: "Start the database, or correct its address in --database.",
      isSetting: false
    })
  }
  return new DatabaseError({
    problem: `${where} failed: ${message}.`,
    advice: "Check the database's log.",
    isSetting: false
  })
}

/** The failure behind an error of the database; `undefined` if the error has another source. */
export const explain = (target: Target, error: unknown): Failure | undefined => {
  const chain = chainOf(error)
  const [code, message] = [codeOf(chain), messageOf(chain)]
  if (code === "EADDRINUSE" || code === "EADDRNOTAVAIL") {
    return new UsageError({
      problem: `The worker cannot listen there: ${message}.`,
      advice: "Choose a free --port, and for --host an address of this machine."
    })
  }
  const isOfDatabase =
    chain.some((each) => Predicate.isTagged(each, "SqlError") || Predicate.isTagged(each, "MigrationError")) ||
    /^SQLITE_/.test(code) ||
    /bindings file|NODE_MODULE_VERSION|Cannot open database/.test(message)
  if (!isOfDatabase) return undefined
  return target._tag === "File" ? ofFile(target.path, code, message) : ofServer(describe(target), code, message)
}
