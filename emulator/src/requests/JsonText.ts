/** JSON text as a value of a schema, or a refusal that says in a line what is wrong with it. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { type Refusal, refuse } from "../answers/Refusal.js"
import { quote } from "./RequestBody.js"

/** The first mistake, where it is, and what would be right there. */
const mistake = (error: ParseResult.ParseError, whole: string): string => {
  const issues = ParseResult.ArrayFormatter.formatErrorSync(error)
  const path = (issues[0]?.path ?? []).map(String).join(".")
  const here = issues.filter((issue) => issue.path.map(String).join(".") === path).map(({ message }) => message)
  const own = here.find((message) => !message.startsWith("Expected "))
  const expected = here.flatMap((message) => {
    // That a field may be left out says nothing, and for a value of the wrong kind the whole type would be shown.
    const [, allowed, actual = ""] = /^Expected ([^{]*), actual (.*)$/s.exec(message) ?? []
    return allowed === undefined || /^(null|undefined)$/.test(allowed) ? [] : [{ allowed, actual }]
  })
  const allowed = expected.length === 0 ? whole : expected.map((one) => one.allowed).join(" or ")
  const got = expected[0] === undefined ? "" : `, got ${expected[0].actual.slice(0, 80)}`
  return `${path === "" ? "" : `${path}: `}${own ?? `must be ${allowed}${got}`}`
}

/** Decodes JSON, or refuses it. `whole` is what a value of the wrong kind should have been. */
export const reader = <A, I>(subject: string, whole: string, schema: Schema.Schema<A, I>) => {
  const decode = Schema.decodeUnknownEither(schema)
  return (text: string): Either.Either<A, Refusal> =>
    Either.gen(function* () {
      const json = yield* Either.try({
        try: (): unknown => JSON.parse(text),
        catch: () => refuse(400, `${subject}: is not valid JSON, got ${quote(text)}`)
      })
      return yield* Either.mapLeft(decode(json), (error) => refuse(400, `${subject}: ${mistake(error, whole)}`))
    })
}
