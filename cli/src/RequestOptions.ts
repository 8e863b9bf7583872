/** The options that make a request; every command that is about one request has them. */
import * as Args from "@effect/cli/Args"
import type * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { ImagesSchema } from "effect-openrouter-images"
import type { FileError } from "./Failure.js"
import * as Flag from "./Flag.js"
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

export const config = {
  prompt: Args.text({ name: "prompt" }).pipe(
    Args.withDescription(`What the picture shows. Default: ${defaultPrompt}`),
    Args.withDefault(defaultPrompt)
  ),
  model: model("The model, as `models` lists them"),
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
  )
}

/** The options as they were given. */
export type RequestOptions = Command.Command.ParseConfig<typeof config>

/** The fields of a request that have an option of the same name. */
export const fields = ({
  aspectRatio,
  background,
  model,
  n,
  outputCompression,
  outputFormat,
  prompt,
  quality,
  resolution,
  seed,
  size
}: ImagesSchema.ImageGenerationRequest) => ({
  ...{ model, prompt, n, aspectRatio, resolution, size, quality },
  ...{ outputFormat, background, outputCompression, seed }
})

/** The request; reference files are read for it. */
export const toRequest = (
  options: RequestOptions
): Effect.Effect<ImagesSchema.ImageGenerationRequest, FileError, FileSystem.FileSystem> =>
  Effect.map(Effect.forEach(options.reference, Reference.read), (inputReferences) =>
    inputReferences.length === 0 ? fields(options) : { ...fields(options), inputReferences }
  )
