/** The names that an explanation uses for what its reader can set and look at. */
import type { Issue, Operation, Terms } from "../../Errors.js"

/** `inputReferences[3].imageUrl.url` */
export const pathOf = (path: Issue["path"]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    ""
  )

/** The library's own names: fields, options and functions. */
export const libraryTerms: Terms = {
  operation: (operation: Operation) => operation,
  path: pathOf,
  baseUrl: "the base URL",
  timeout: "`timeout`",
  listModels: "`listModels`",
  generateStream: "`generateStream`",
  fetchOptions: "`fetchOptions`",
  kept: "in `images`",
  paidFor: "`images` and `rawBody`",
  preferences: "the provider preferences",
  limit: "the limit",
  settle: () => "`Generations.settle`",
  program: "this library"
}
