// Overlay: an issue of Effect 4 is a tree, whose messages are no functions of the value.
/** Decodes values by a Schema, and lists what the Schema has against a value. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Mistake } from "./Mistake.js"

/** The annotation by which the schemas of the library say what is wrong with a value. */
const sentenceKey = "effect-openrouter-images/sentence"

/** What an alternative of a union has against a value. A structure looks at its tags first. */
const alternativeMistakes = (ast: SchemaAST.AST, path: Mistake["path"], value: unknown): ReadonlyArray<Mistake> => {
  const tags = ast._tag === "Objects" ? ast.propertySignatures.filter(({ type }) => type._tag === "Literal") : []
  if (!Predicate.isObjectKeyword(value) || tags.length === 0) return kindMistakes(ast, path, value)
  return tags.flatMap(({ name, type }): ReadonlyArray<Mistake> => {
    const place = [...path, name]
    return name in value
      ? kindMistakes(type, place, Reflect.get(value, name))
      : [{ path: place, message: "is missing" }]
  })
}

/** What a schema has against a value of the wrong kind. A union has ruled out its alternatives without a word. */
const kindMistakes = (ast: SchemaAST.AST, path: Mistake["path"], value: unknown): ReadonlyArray<Mistake> => {
  const sentence = ast.annotations?.[sentenceKey]
  if (Predicate.isFunction(sentence)) return [{ path, message: String(sentence(value)) }]
  const description = ast.annotations?.["description"]
  if (Predicate.isString(description)) return [{ path, expected: description }]
  if (ast._tag === "Union") return ast.types.flatMap((type) => alternativeMistakes(type, path, value))
  if (ast._tag === "Objects" || ast._tag === "Arrays") return [{ path }]
  const expected = SchemaIssue.defaultLeafHook(new SchemaIssue.InvalidType(ast)).replace(/^Expected /, "")
  return [{ path, expected }]
}

const quotedNames = (ast: SchemaAST.AST): string =>
  ast._tag === "Objects" ? ast.propertySignatures.map(({ name }) => JSON.stringify(name)).join(" | ") : ""

const mistakesIn = (issue: SchemaIssue.Issue, path: Mistake["path"]): ReadonlyArray<Mistake> => {
  switch (issue._tag) {
    case "Filter":
    case "Encoding":
      return mistakesIn(issue.issue, path)
    case "Pointer":
      return mistakesIn(issue.issue, [...path, ...issue.path])
    case "Composite":
      return issue.issues.flatMap((each) => mistakesIn(each, path))
    case "AnyOf":
      return issue.issues.length > 0
        ? issue.issues.flatMap((each) => mistakesIn(each, path))
        : kindMistakes(issue.ast, path, issue.input)
    case "InvalidType":
      return kindMistakes(issue.ast, path, issue.input)
    case "MissingKey":
      return [{ path, message: "is missing" }]
    case "UnexpectedKey":
      return [{ path, message: `is unexpected, expected: ${quotedNames(issue.ast)}` }]
    default:
      return [{ path, message: SchemaIssue.defaultLeafHook(issue) }]
  }
}

/** Finds the first mistake, and others of the same value. */
export const decoder = <A, I>(
  schema: Schema.Codec<A, I>,
  options?: SchemaAST.ParseOptions
): ((value: unknown) => Result.Result<A, ReadonlyArray<Mistake>>) => {
  const decode = Schema.decodeUnknownResult(schema, { ...options, reportInput: true })
  return (value) => Result.mapError(decode(value), ({ issue }) => mistakesIn(issue, []))
}
