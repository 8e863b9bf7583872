/** What agents say about a picture, in the names of OpenRouter's API, and the request that it means. */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ImagesSchema, InputReference } from "effect-openrouter-images"
import type { FileError } from "../../../cli/src/failure/Failure.js"
import { defaultModel } from "../../../cli/src/options/RequestOptions.js"
import * as Folders from "../files/Folders.js"
import { Settings } from "../Settings.js"

/** What clients show of a parameter, and what agents read about it. */
const described = <A, I>(schema: Schema.Schema<A, I>, title: string, description: string) =>
  schema.annotations({ title, description })

/** The longest value that names something. */
const longestName = 200

const Name = Schema.String.pipe(Schema.minLength(1), Schema.maxLength(longestName))
const Integer = Schema.Number.pipe(Schema.int())

const text = (title: string, description: string) => Schema.optional(described(Name, title, description))

const known = (values: ReadonlyArray<string>): string => `such as ${values.join(", ")}`

/** A file, as agents name it. */
export const File = described(
  Schema.String.pipe(Schema.minLength(1)),
  "Picture",
  "A name that `gallery` lists, or the path of a file in a folder that the server may read"
)

export const Prompt = described(
  Schema.String.pipe(Schema.minLength(1), Schema.maxLength(32_000)),
  "Prompt",
  "What the picture shows. Say subject, style, light and framing in plain words"
)

/** Everything but prompt and references. */
export const shape = {
  model: text("Model", `The model's id, as \`list_models\` lists it. Default: ${defaultModel}`),
  n: Schema.optional(
    described(Integer.pipe(Schema.between(1, 10)), "Pictures", "How many pictures, 1 to 10. Default: 1")
  ),
  aspect_ratio: text("Aspect ratio", "Width to height, such as 1:1, 3:2, 16:9, 9:16"),
  resolution: text("Resolution", `The size tier, ${known(ImagesSchema.Resolution.known)}`),
  size: text("Size", "A tier, or pixels such as 2048x2048"),
  quality: text("Quality", `How much effort the model spends, ${known(ImagesSchema.Quality.known)}`),
  output_format: text("Format", `The file format, ${known(ImagesSchema.OutputFormat.known)}`),
  background: text("Background", `The background, ${known(ImagesSchema.Background.known)}`),
  seed: Schema.optional(described(Integer, "Seed", "The same seed gives the same picture, where the model supports it"))
}

const Shape = Schema.Struct(shape)
export type Shape = typeof Shape.Type

/** Up to 16 pictures to work from. */
export const references = Schema.optional(
  described(
    Schema.Array(File).pipe(Schema.maxItems(16)),
    "References",
    "Pictures to work from, up to 16 and 40 MiB together"
  )
)

const defined = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** The request. References are read from the folders that the server may read, and from no others. */
export const toRequest = (
  prompt: string,
  { aspect_ratio, background, model = defaultModel, n, output_format, quality, resolution, seed, size }: Shape,
  files: ReadonlyArray<string> = []
): Effect.Effect<ImagesSchema.ImageGenerationRequest, FileError, Settings | FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const { folders } = yield* Settings
    const pictures = yield* Folders.readPictures(files, folders)
    return {
      model,
      prompt,
      ...defined({ n, aspectRatio: aspect_ratio, resolution, size, quality, outputFormat: output_format }),
      ...defined({ background, seed }),
      ...(pictures.length === 0 ? {} : { inputReferences: pictures.map((bytes) => InputReference.fromBytes(bytes)) })
    }
  })
