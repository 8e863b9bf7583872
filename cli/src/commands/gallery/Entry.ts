/** What a gallery shows about a picture: from its file or sidecar, and from the results of a batch. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { GeneratedImage, Generations, type ImagesSchema, type Provenance } from "effect-openrouter-images"
import * as RequestOptions from "../../options/RequestOptions.js"
import * as Again from "./Again.js"

export interface Entry {
  /** Its path below the folder. */
  readonly file: string
  readonly mediaType: string
  readonly byteSize: number
  readonly dimensions: GeneratedImage.Dimensions | undefined
  readonly prompt: string | undefined
  readonly model: string | undefined
  /** The other options of its request, as they are typed. */
  readonly parameters: ReadonlyArray<readonly [name: string, value: string]>
  /** How it is not what was asked for: `asked 1024x1024, got 1024x768`. */
  readonly deviation: string | undefined
  /** This picture's share, in US dollars. */
  readonly costUsd: number | undefined
  readonly generationId: string | undefined
  /** Whether the emulator made it: then nothing was paid. */
  readonly emulated: boolean
  /** How to make it again, if its request is known. */
  readonly again: Again.Again | undefined
  /** Seconds since 1970. */
  readonly created: number | undefined
}

/** What a batch recorded about a picture. */
export interface Result {
  readonly costUsd: number | undefined
  readonly generationId: string | undefined
}

/** `aspectRatio` in words; of `-n` the letter alone says nothing. */
const wordsOf = (name: string): string =>
  name === "n" ? "asked for" : name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const parametersOf = (request: ImagesSchema.ImageGenerationRequest): Entry["parameters"] => {
  const references = request.inputReferences?.length
  const typed: ReturnType<typeof RequestOptions.toTyped> = {
    ...RequestOptions.toTyped(request),
    model: undefined,
    references
  }
  return Object.entries(typed).flatMap(([name, value]) => {
    if (value === undefined || value === false) return []
    return [[wordsOf(name), value === true ? "yes" : String(value)]]
  })
}

/** The entry of a picture; none if the bytes are not a picture. */
export const entryOf = (
  file: string,
  bytes: Uint8Array,
  provenance?: Provenance.Provenance,
  result?: Result
): Option.Option<Entry> => {
  const image = GeneratedImage.make(bytes)
  if (!image.mediaType.startsWith("image/")) return Option.none()
  const generationId = provenance?.generationId ?? result?.generationId
  const deviation = provenance === undefined ? undefined : GeneratedImage.deviation(image, provenance.request)
  const emulated = generationId !== undefined && Generations.isEmulated(generationId)
  return Option.some({
    ...{ file, mediaType: image.mediaType, byteSize: bytes.length, dimensions: image.dimensions },
    prompt: provenance?.prompt,
    model: provenance?.model,
    parameters: provenance === undefined ? [] : parametersOf(provenance.request),
    deviation: deviation === undefined ? undefined : GeneratedImage.formatDeviation(deviation),
    costUsd: provenance?.costUsd ?? result?.costUsd,
    ...{ generationId, emulated },
    again: provenance === undefined ? undefined : Again.of(provenance, emulated),
    created: provenance?.created
  })
}

/** Whether a file's name is that of a picture; other files are not read. */
export const isPictureName = (name: string): boolean => /^[^.].*\.(png|jpe?g|webp|svg|gif|avif)$/i.test(name)

const Line = Schema.parseJson(
  Schema.Struct({
    files: Schema.Array(Schema.String),
    cost: Schema.optional(Schema.Number),
    generation: Schema.optional(Schema.String)
  })
)
const decode = Schema.decodeOption(Line)

/** Anyone may have written the file: an invalid price would spoil the sum. */
const isPrice = (cost: number | undefined): cost is number => cost !== undefined && cost >= 0 && Number.isFinite(cost)

/** The results of a batch by the names of their files; a line that cannot be read says nothing. */
export const resultsOf = (text: string): ReadonlyMap<string, Result> =>
  new Map(
    text
      .split("\n")
      .flatMap((line) => Option.toArray(decode(line)))
      .flatMap(({ cost, files, generation }) => {
        // Beside its pictures a failure may have left the text of its answer, which has no share of the cost
        const pictures = files.filter(isPictureName)
        const costUsd = isPrice(cost) ? cost / pictures.length : undefined
        return pictures.map((file) => [file, { costUsd, generationId: generation }] as const)
      })
  )

/** The newest first; those of no known time last, by their names. */
export const sortNewestFirst = (entries: ReadonlyArray<Entry>): ReadonlyArray<Entry> =>
  [...entries].sort(
    (a, b) => (b.created ?? 0) - (a.created ?? 0) || a.file.localeCompare(b.file, "en", { numeric: true })
  )
