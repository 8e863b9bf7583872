/** The options that make a request, for every command about one request. */
import type * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { ImagesSchema } from "effect-openrouter-images"
import type { FileError, UsageError } from "../failure/Failure.js"
import type { Screen } from "../terminal/Screen.js"
import * as Flag from "./Flag.js"
import * as Prompt from "./Prompt.js"
import * as ProviderOptions from "./ProviderOptions.js"
import * as Reference from "./Reference.js"

export const defaultModel = "bytedance-seed/seedream-4.5"

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
  aspectRatio: Flag.text("aspect-ratio", "R", "Width to height, such as 1:1, 3:2, 16:9, 9:16"),
  resolution: Flag.text("resolution", "T", `The size tier, ${oneOf(ImagesSchema.Resolution.known)}`),
  size: Flag.text("size", "S", "A tier, or pixels such as 2048x2048"),
  quality: Flag.text("quality", "Q", `How much effort the model spends, ${oneOf(ImagesSchema.Quality.known)}`),
  outputFormat: Flag.text("output-format", "F", `The file format, ${oneOf(ImagesSchema.OutputFormat.known)}`),
  background: Flag.text("background", "B", `The background, ${oneOf(ImagesSchema.Background.known)}`),
  outputCompression: Flag.integer("output-compression", "Compression of lossy formats, 0 to 100 percent"),
  seed: Flag.integer("seed", "The same seed gives the same picture, where the model supports it"),
  reference: Options.text("reference").pipe(
    Options.withPseudoName("FILE|URL"),
    Options.withDescription("A picture to work from; may be repeated, up to 16 times"),
    Options.repeated,
    Options.withDefault([])
  ),
  ...ProviderOptions.config,
  sessionId: Flag.text("session-id", "ID", "Groups requests of one session; at most 256 characters"),
  user: Flag.text("user", "ID", "Your own id for the end user"),
  trace: Flag.json("trace", "An object for observability, sent as it is")
}

export const config = {
  prompt: Prompt.argument,
  model: model("The model's id, as `models` lists it"),
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

/** The fields that the options set; reference files are read. Other fields are `undefined` or absent. */
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
): Effect.Effect<ImagesSchema.ImageGenerationRequest, FileError | UsageError, FileSystem.FileSystem | Screen> =>
  Effect.gen(function* () {
    const prompt = yield* Prompt.read(options.prompt)
    return { model: options.model, prompt, ...(yield* toFields(options)) }
  })

/** The options that make a request, by their keys, without prompt and references. A switch is `true`. */
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
