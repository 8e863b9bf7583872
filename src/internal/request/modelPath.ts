/** The address of a model's endpoints. */
import * as Either from "effect/Either"
import type { Issue } from "../../Errors.js"
import type { ModelId } from "../../Images.js"
import { show } from "../../Issue.js"

/** A name that would leave its place in the path is no name. */
const isNameAlone = (name: string): boolean =>
  name !== "" && !name.includes("/") && name !== "." && name !== ".." && !/\p{Surrogate}/u.test(name)

/** A pasted id may have white space around it, which is removed. */
const isName = (value: unknown): value is string => typeof value === "string" && isNameAlone(value.trim())

const segment = (name: string): string => encodeURIComponent(name.trim())

const split = (id: string): ModelId => {
  const at = id.indexOf("/")
  return at < 0 ? { author: id, slug: "" } : { author: id.slice(0, at), slug: id.slice(at + 1) }
}

const fault = (field: keyof ModelId, value: unknown, given: unknown): ReadonlyArray<Issue> => {
  if (isName(value)) return []
  const what = typeof given === "string" ? `in "author/slug", got ${show(given)}` : `got ${show(value)}`
  return [{ path: [field], message: `must be a name without slashes, ${what}` }]
}

/** The path below the base URL with each name escaped, or what is wrong with the names. */
export const endpointsPath = (model: ModelId | string): Either.Either<string, ReadonlyArray<Issue>> => {
  const { author, slug } = typeof model === "string" ? split(model) : Object(model)
  const issues = [...fault("author", author, model), ...fault("slug", slug, model)]
  return issues.length > 0
    ? Either.left(issues)
    : Either.right(`/images/models/${segment(author)}/${segment(slug)}/endpoints`)
}
