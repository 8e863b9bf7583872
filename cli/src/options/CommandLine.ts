/** A request as the command line that makes it. */
import type { ImagesSchema } from "effect-openrouter-images"
import { flagName } from "./OptionName.js"
import * as RequestOptions from "./RequestOptions.js"

/** Quotes a word for a shell: in single quotes, only the quote itself has a meaning. zsh looks up what begins with `=`. */
export const quote = (word: string): string =>
  /^[\w.,:/@%+-][\w.,:/@%+=-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** References as they were typed: in the request they are the pictures themselves. */
type Given = Pick<RequestOptions.RequestOptions, "reference"> & { readonly emulator: boolean }

/** The `generate` that makes a request; `original` is the one that the given options made. */
export const of = (
  request: ImagesSchema.ImageGenerationRequest,
  original: ImagesSchema.ImageGenerationRequest,
  { emulator, reference }: Given
): string => {
  const { prompt } = request
  const options = Object.entries(RequestOptions.toTyped(request)).flatMap(([name, value]) => {
    if (value === undefined || value === false) return []
    return value === true ? [flagName(name)] : [flagName(name), String(value)]
  })
  const references = (request.inputReferences ?? []).flatMap((one) => {
    const given = reference[original.inputReferences?.indexOf(one) ?? -1]
    return given === undefined ? [] : ["--reference", given]
  })
  const before = ["generate", ...(prompt.startsWith("-") ? [] : [prompt]), ...options, ...references]
  const after = [...(emulator ? ["--emulator"] : []), ...(prompt.startsWith("-") ? ["--", prompt] : [])]
  return ["openrouter-images", ...before.map(quote), ...after.map(quote)].join(" ")
}
