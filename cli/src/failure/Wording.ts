/** The library's errors in the words of the command: options in place of fields, and nothing that only a program could look at. */
import { Errors } from "effect-openrouter-images"
import { flagName } from "../options/FlagName.js"

/** Fields that do not come from an option of the same name. */
const names: Readonly<Record<string, string>> = {
  prompt: "the prompt",
  apiKey: "OPENROUTER_API_KEY",
  baseUrl: "OPENROUTER_BASE_URL",
  inputReferences: "--reference"
}

/** The option that a field comes from; of several references the number counts from one. */
export const optionOf = ([field, index]: Errors.Issue["path"]): string => {
  if (field === "provider" && typeof index === "string") {
    return index === "allowFallbacks" ? "--no-fallbacks" : flagName(`provider-${index}`)
  }
  const option = typeof field === "string" ? (names[field] ?? flagName(field)) : "the request"
  return typeof index === "number" ? `${option} number ${index + 1}` : option
}

/** Fields in the words of a reason; those of one word are called alike. */
const fieldNames = /\b(aspectRatio|outputFormat|outputCompression|inputReferences)\b/g

/** A reason that speaks of options, not of fields. */
export const reasonOf = (reason: string): string =>
  reason.replace(fieldNames, (field) => names[field] ?? flagName(field))

const inOptions = ({ message, path }: Errors.Issue): Errors.Issue => ({
  path: [optionOf(path)],
  message: reasonOf(message)
})

/** The library names the half of the id that is wrong; what is typed is the whole. */
const idIssue = (issues: ReadonlyArray<Errors.Issue>): Errors.Issue => {
  const got = issues.map(({ message }) => /, got .*$/su.exec(message)?.[0]).find((one) => one !== undefined)
  return { path: ["the model"], message: `must be author/slug, such as bytedance-seed/seedream-4.5${got ?? ""}` }
}

const reword = (error: Errors.InvalidRequestError): Errors.InvalidRequestError => {
  const { issues, operation } = error
  const ofId = issues.filter(({ path: [field] }) => field === "author" || field === "slug")
  const others = issues.filter((issue) => !ofId.includes(issue)).map(inOptions)
  return new Errors.InvalidRequestError({
    operation,
    issues: operation === "listModelEndpoints" && ofId.length > 0 ? [idIssue(ofId), ...others] : issues.map(inOptions)
  })
}

const words: ReadonlyArray<readonly [from: RegExp, to: string]> = [
  [/^(.*) in generateStream$/m, "$1 in generate --stream"],
  [/^(.*) in listModels$/m, "$1 in models"],
  [/^(.*) in listModelEndpoints$/m, "$1 in endpoints"],
  [/ is in `images`\./, " is saved, see above."],
  [/ are in `images`\./, " are saved, see above."],
  [/ from `images` and `rawBody`/, " from the files that are named above"],
  [/ or loosen the provider preferences/, " or leave out options that few providers take"],
  [/another provider or model/, "another model"],
  [/`listModels`/, "`openrouter-images models`"],
  [/\(`timeout`\)/, "(--timeout)"],
  [/the base URL\b/, "the base URL (OPENROUTER_BASE_URL)"],
  [/of this library/, "of this program"],
  [
    /^(Inv[\s\S]* in generate\n[\s\S]*Correct what is named)\./,
    "$1; `openrouter-images check` finds the nearest request."
  ],
  [/; of (\$[\d.]+), \$0 are spent and \$0 reserved/, "; the limit is $1"],
  [
    /(no known upper bound[\s\S]*)Raise the limit[^\n]*/,
    "$1Choose another model, or leave out --budget and --max-cost."
  ],
  [/Raise the limit, ask for less, or wait[^\n]*/, "Raise --budget or --max-cost, or ask for less."]
]

/** An error as a block of text. */
export const format = (error: Errors.OpenRouterError): string =>
  words.reduce(
    (text, [from, to]) => text.replace(from, to),
    Errors.format(error._tag === "InvalidRequestError" ? reword(error) : error)
  )
