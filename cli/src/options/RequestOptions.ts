/** The options that make a request; every command that is about one request has them. */
import * as Args from "@effect/cli/Args"
import type * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { ImagesSchema } from "effect-openrouter-images"
import type { FileError } from "../failure/Failure.js"
import * as Flag from "./Flag.js"
import * as ProviderOptions from "./ProviderOptions.js"
import * as Reference from "./Reference.js"

const defaultPrompt = "a red panda astronaut floating in space, studio lighting"
const defaultModel = "bytedance-seed/seedream-4.5"

/** The values that are known; any other is sent as well. */
const oneOf = (values: ReadonlyArray<string>): string => `such as ${values.join(", ")}`

export const model = (help: string): Options.Options<string> =>
  Options.text("model").pipe(
    Options.withPseudoName("ID"),
    Options.withDescription(`${help}. Default: ${defaultModel}`),
    Options.withDefault(defaultModel)
  )

/** The options of a request beside its model and its prompt. */
export const shape = {
  n: Flag.integer("n", "How many pictures, 1 to 10; also --n"),
  aspectRatio: Flag.text("aspect-ratio", "R", `Width to height, ${oneOf(ImagesSchema.AspectRatio.known)}`),
  resolution: Flag.text("resolution", "T", `The tier of the size, ${oneOf(ImagesSchema.Resolution.known)}`),
  size: Flag.text("size", "S", "A tier, or pixels such as 2048x2048"),
  quality: Flag.text("quality", "Q", `How much work the model puts in, ${oneOf(ImagesSchema.Quality.known)}`),
  outputFormat: Flag.text("output-format", "F", `The encoding, ${oneOf(ImagesSchema.OutputFormat.known)}`),
  background: Flag.text("background", "B", `The background, ${oneOf(ImagesSchema.Background.known)}`),
  outputCompression: Flag.integer("output-compression", "Percent, 0 to 100, for encodings that lose detail"),
  seed: Flag.integer("seed", "The same seed gives the same picture, where the model supports it"),
  reference: Options.text("reference").pipe(
    Options.withPseudoName("FILE|URL"),
    Options.withDescription("A picture to work from; once for each, up to 16"),
    Options.repeated,
    Options.withDefault([])
  ),
  ...ProviderOptions.config,
  sessionId: Flag.text("session-id", "ID", "Groups requests of one session; at most 256 characters"),
  user: Flag.text("user", "ID", "Your own id of the end user"),
  trace: Flag.json("trace", "For observability, sent as it is")
}

export const config = {
  prompt: Args.text({ name: "prompt" }).pipe(
    Args.withDescription(`What the picture shows. Default: ${defaultPrompt}`),
    Args.withDefault(defaultPrompt)
  ),
  model: model("The model, as `models` lists them"),
  ...shape
}

/** The options as they were given. */
export type RequestOptions = Command.Command.ParseConfig<typeof config>

/** The same without model and prompt. */
export type Shape = Command.Command.ParseConfig<typeof shape>

/** The fields of a request that have an option of the same name. */
const pickNamed = ({
  aspectRatio,
  background,
  n,
  outputCompression,
  outputFormat,
  quality,
  resolution,
  seed,
  sessionId,
  size,
  trace,
  user
}: Omit<ImagesSchema.ImageGenerationRequest, "model" | "prompt">) => ({
  ...{ n, aspectRatio, resolution, size, quality, outputFormat, background, outputCompression, seed },
  ...{ sessionId, user, trace }
})

/** What the options say of a request; reference files are read for it. What they do not say is `undefined`, or not there. */
export const toFields = (
  options: Shape
): Effect.Effect<Omit<ImagesSchema.ImageGenerationRequest, "model" | "prompt">, FileError, FileSystem.FileSystem> =>
  Effect.map(Reference.readAll(options.reference), (inputReferences) => {
    const provider = ProviderOptions.toPreferences(options)
    return {
      ...pickNamed(options),
      ...(inputReferences.length === 0 ? {} : { inputReferences }),
      ...(provider === undefined ? {} : { provider })
    }
  })

/** The request. */
export const toRequest = (
  options: RequestOptions
): Effect.Effect<ImagesSchema.ImageGenerationRequest, FileError, FileSystem.FileSystem> =>
  // White space alone is a variable that was never set: no prompt, which the library refuses.
  Effect.map(toFields(options), (fields) => ({
    model: options.model,
    prompt: options.prompt.trim() === "" ? "" : options.prompt,
    ...fields
  }))

/** The values of the options that make a request, by the option's key: all but the prompt and the references. A switch is `true`. */
export const toTyped = (
  request: ImagesSchema.ImageGenerationRequest
): Readonly<Record<string, string | number | boolean | undefined>> => {
  const { trace, ...fields } = pickNamed(request)
  return {
    model: request.model,
    ...fields,
    trace: trace === undefined ? undefined : JSON.stringify(trace),
    ...ProviderOptions.toTyped(request.provider ?? {})
  }
}
