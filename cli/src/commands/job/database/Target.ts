/** Which database: what `--database` says. */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { UsageError } from "../../../failure/Failure.js"
import { quote } from "../../../options/CommandLine.js"

export const variable = "OPENROUTER_IMAGES_DATABASE"
export const defaultFile = "openrouter-images.db"

/** A file of SQLite, or a PostgreSQL. */
export type Target =
  | { readonly _tag: "File"; readonly path: string; readonly typed: string | undefined }
  | {
      readonly _tag: "Postgres"
      readonly url: Redacted.Redacted
      /** Its address without the password. */
      readonly address: string
      readonly typed: string | undefined
    }

const refusal = (problem: string): Either.Either<never, UsageError> =>
  Either.left(
    new UsageError({
      problem,
      advice: `Give --database or ${variable} a path, or postgres://user:password@host:5432/database.`
    })
  )

/** The text may hold a password, so the message does not repeat it. */
const ofUrl = (text: string): Either.Either<Target, UsageError> => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  // After one of these characters, the rest of a password would be read as the host or the database.
  if (url === undefined || url.hostname === "" || (text.includes("@") && url.username === "")) {
    return refusal(
      "The address of the database cannot be read; in its password, / ? # and @ are written as %2F %3F %23 %40."
    )
  }
  const user = url.username === "" ? "" : `${url.username}@`
  const address = `${url.protocol}//${user}${url.host}${url.pathname}`
  const typed = url.password === "" && url.search === "" ? address : "URL"
  return Either.right({ _tag: "Postgres", url: Redacted.make(text), address, typed })
}

/** The database that a text means. */
export const parse = (text: string): Either.Either<Target, UsageError> => {
  if (/^postgres(ql)?:\/\//i.test(text)) return ofUrl(text)
  const path = text.replace(/^sqlite:(\/\/)?/i, "")
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path)?.[1]
  if (scheme !== undefined) return refusal(`${scheme}:// is not supported, only SQLite and PostgreSQL.`)
  if (path.trim() === "") return refusal("The database has no name.")
  if (path === ":memory:") return refusal("A database in memory would be lost when this command ends.")
  return Either.right({ _tag: "File", path, typed: text })
}

/** The database of the option, else of the environment, else a file in the current folder. */
export const of = (given: string | undefined): Effect.Effect<Target, UsageError | ConfigError> =>
  Effect.gen(function* () {
    if (given !== undefined) return yield* parse(given)
    const text = yield* Config.string(variable).pipe(Config.withDefault(""))
    return { ...(yield* parse(text === "" ? defaultFile : text)), typed: undefined }
  })

export const describe = (target: Target): string => (target._tag === "File" ? target.path : target.address)

/** Another command on the same database, as it is typed. */
export const commandLine = ({ typed }: Target, ...words: ReadonlyArray<string>): string =>
  ["openrouter-images job", ...words.map(quote), ...(typed === undefined ? [] : ["--database", quote(typed)])].join(" ")
