/** The command line of `generate`, and the request that it makes. */
import * as Args from "@effect/cli/Args"
import type * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ImagesSchema } from "effect-openrouter-images"
import { type FileError, UsageError } from "./Failure.js"
import { flagName } from "./FlagName.js"
import * as Reference from "./Reference.js"
import * as Timeout from "./Timeout.js"

const defaultPrompt = "a red panda astronaut floating in space, studio lighting"
const defaultModel = "bytedance-seed/seedream-4.5"
const defaultFolder = "pictures"

const maybe = <A>(options: Options.Options<A>, help: string): Options.Options<A | undefined> =>
  options.pipe(Options.withDescription(help), Options.optional, Options.map(Option.getOrUndefined))

const text = (name: string, value: string, help: string) =>
  maybe(Options.text(name).pipe(Options.withPseudoName(value)), help)

/** @effect/cli's own integers do not say in their message which option they are. */
const integer = (name: string, help: string) => {
  const isInteger = (value: string) => (/^[+-]?\d+$/.test(value) ? Option.some(Number(value)) : Option.none())
  const options = Options.text(name).pipe(
    Options.withPseudoName("N"),
    Options.filterMap(isInteger, `The value of ${flagName(name)} must be an integer.`)
  )
  return maybe(options, help)
}

/** The values that are known; any other is sent as well. */
const oneOf = (values: ReadonlyArray<string>): string => `such as ${values.join(", ")}`

/** Every command has it. */
export const emulator = Options.boolean("emulator").pipe(
  Options.withDescription("Ask the embedded emulator even when there is a key: nothing is billed")
)

export const config = {
  prompt: Args.text({ name: "prompt" }).pipe(
    Args.withDescription(`What the picture shows. Default: ${defaultPrompt}`),
    Args.withDefault(defaultPrompt)
  ),
  model: Options.text("model").pipe(
    Options.withPseudoName("ID"),
    Options.withDescription(`The model, as \`models\` lists them. Default: ${defaultModel}`),
    Options.withDefault(defaultModel)
  ),
  out: Options.text("out").pipe(
    Options.withPseudoName("DIR"),
    Options.withDescription(`The folder for the pictures, made if it is missing. Default: ${defaultFolder}`),
    Options.withDefault(defaultFolder)
  ),
  n: integer("n", "How many pictures, 1 to 10; also --n"),
  aspectRatio: text("aspect-ratio", "R", `Width to height, ${oneOf(ImagesSchema.AspectRatio.known)}`),
  resolution: text("resolution", "T", `The tier of the size, ${oneOf(ImagesSchema.Resolution.known)}`),
  size: text("size", "S", "A tier, or pixels such as 2048x2048"),
  quality: text("quality", "Q", `How much work the model puts in, ${oneOf(ImagesSchema.Quality.known)}`),
  outputFormat: text("output-format", "F", `The encoding, ${oneOf(ImagesSchema.OutputFormat.known)}`),
  background: text("background", "B", `The background, ${oneOf(ImagesSchema.Background.known)}`),
  outputCompression: integer("output-compression", "Percent, 0 to 100, for encodings that lose detail"),
  seed: integer("seed", "The same seed gives the same picture, where the model supports it"),
  reference: Options.text("reference").pipe(
    Options.withPseudoName("FILE|URL"),
    Options.withDescription("A picture to work from; once for each, up to 16"),
    Options.repeated,
    Options.withDefault([])
  ),
  timeout: text(
    "timeout",
    "DURATION",
    "How long one attempt may take, such as 90s, 2m or '10 minutes'. Default: 5 minutes"
  ),
  emulator
}

/** The options as they were given. */
export type GenerateOptions = Command.Command.ParseConfig<typeof config>

/** The request; reference files are read for it. */
export const toRequest = ({
  emulator: _,
  out: __,
  reference: references,
  timeout: ___,
  ...same
}: GenerateOptions): Effect.Effect<ImagesSchema.ImageGenerationRequest, FileError, FileSystem.FileSystem> =>
  Effect.map(Effect.forEach(references, Reference.read), (inputReferences) =>
    inputReferences.length === 0 ? same : { ...same, inputReferences }
  )

/** The timeout, where there is one. */
export const timeoutOf = ({
  timeout
}: GenerateOptions): Effect.Effect<{ readonly timeout?: Duration.Duration }, UsageError> =>
  timeout === undefined
    ? Effect.succeed({})
    : Option.match(Timeout.parse(timeout), {
        onSome: (duration) => Effect.succeed({ timeout: duration }),
        onNone: () =>
          Effect.fail(
            new UsageError({
              problem: `--timeout must be a duration above zero, got ${JSON.stringify(timeout)}.`,
              advice: "Write it as 90s, 2m or '10 minutes'; a number alone counts seconds."
            })
          )
      })
