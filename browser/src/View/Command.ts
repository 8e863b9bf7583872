/** The request as the command line that makes the same pictures. */
import type { ImagesSchema } from "effect-openrouter-images"
import { requestOf } from "../Choice.js"
import { chosenModel, type State } from "../State.js"

/** In single quotes, only the quote itself has a meaning for a shell. zsh looks up what begins with `=`. */
const quote = (word: string): string =>
  /^[\w.,:/@%+-][\w.,:/@%+=-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

const optionsOf = (request: ImagesSchema.ImageGenerationRequest): ReadonlyArray<readonly [string, unknown]> => [
  ["--model", request.model],
  ["--aspect-ratio", request.aspectRatio],
  ["--quality", request.quality],
  ["--resolution", request.resolution],
  ["--output-format", request.outputFormat],
  ["--seed", request.seed],
  ["-n", request.n]
]

/** Empty while there is nothing to ask for. A prompt may begin like an option: it stands behind all of them. */
export const command = (state: State): string => {
  const request = requestOf(state.choice)
  if (chosenModel(state) === undefined || request.prompt === "") return ""
  const options = optionsOf(request).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]))
  const words = [...options, ...(state.emulated ? ["--emulator"] : []), "--", request.prompt]
  return ["openrouter-images", "generate", ...words.map(quote)].join(" ")
}
