/** How options are spelled, and which option a field of a request comes from. */
import type { Errors } from "effect-openrouter-images"

/** `aspectRatio` is `--aspect-ratio`; a single letter has one hyphen. */
export const flagName = (key: string): string =>
  key.length === 1 ? `-${key}` : `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** Fields that do not come from an option of the same name. */
const names: Readonly<Record<string, string>> = {
  prompt: "the prompt",
  author: "the model's author",
  slug: "the model's name",
  apiKey: "OPENROUTER_API_KEY",
  baseUrl: "OPENROUTER_BASE_URL",
  id: "the generation's id",
  inputReferences: "--reference"
}

const nameOf = (field: string): string => names[field] ?? flagName(field)

/** The option that a field comes from; of several references the number counts from one. */
export const optionOf = ([field, index]: Errors.Issue["path"]): string => {
  if (field === "provider" && typeof index === "string") {
    return index === "allowFallbacks" ? "--no-fallbacks" : flagName(`provider-${index}`)
  }
  const option = typeof field === "string" ? nameOf(field) : "the request"
  return typeof index === "number" ? `${option} number ${index + 1}` : option
}

/** Fields that a reason may name; those of one word are spelled alike as options. */
const fieldNames = /\b(aspectRatio|outputFormat|outputCompression|inputReferences)\b/g

/** A reason of the library with other names for its fields. */
export const renameFields = (reason: string, nameOf: (field: string) => string): string =>
  reason.replace(fieldNames, nameOf)

/** A reason that names options where the library names fields. */
export const nameOptions = (reason: string): string => renameFields(reason, nameOf)
