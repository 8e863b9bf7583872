/** Lists in answers, read item by item. An odd item is left out and named; the others stay. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Issue } from "../../Errors.js"
import { decoder } from "./issues.js"
import { declareFrom } from "./primitives.js"

/** An item that was left out, with its path in the answer. */
export const Fault = Schema.Struct({
  path: Schema.Array(Schema.Union(Schema.String, Schema.Number)),
  message: Schema.String
})

/** A list whose items may be anything. Property tests fill it with wire values of `item`. */
export const listOf = <A, I>(item: Schema.Schema<A, I>): Schema.Schema<ReadonlyArray<unknown>> =>
  declareFrom(
    (value): value is ReadonlyArray<unknown> => Array.isArray(value),
    Schema.Array(Schema.encodedSchema(item)),
    (items) => items,
    { message: () => "must be a list" }
  )

/** The items that could be read, each with its index in the list. */
export interface Read<A> {
  readonly items: ReadonlyArray<{ readonly index: number; readonly item: A }>
  readonly faults: ReadonlyArray<Issue>
}

/** Puts a path in front of the paths of faults. */
export const prefixIssues = (path: Issue["path"], faults: ReadonlyArray<Issue>): ReadonlyArray<Issue> =>
  faults.map((fault) => ({ ...fault, path: [...path, ...fault.path] }))

/** Makes a reader that reads each item by itself. `path` is the list's path. */
export const itemReader = <A, I>(schema: Schema.Schema<A, I>) => {
  const decode = decoder(schema)
  return (path: Issue["path"], list: ReadonlyArray<unknown>): Read<A> => {
    const read = list.map((value, index) =>
      Either.mapBoth(decode(value), {
        onLeft: (issues) => prefixIssues([...path, index], issues),
        onRight: (item) => ({ index, item })
      })
    )
    return {
      items: read.flatMap((one) => (Either.isRight(one) ? [one.right] : [])),
      faults: read.flatMap((one) => (Either.isLeft(one) ? one.left : []))
    }
  }
}

/** The faults of an answer, if there are any. */
export const orAbsent = (faults: ReadonlyArray<Issue>): ReadonlyArray<Issue> | undefined =>
  faults.length > 0 ? faults : undefined
