/** Random requests to the models of the emulator's catalogue: documented values, values of other endpoints, and values of nobody. */
import * as FastCheck from "effect/FastCheck"
import type { ImagesSchema } from "effect-openrouter-images"
import { Catalogue } from "effect-openrouter-images-emulator"

type Request = ImagesSchema.ImageGenerationRequest

const models = Catalogue.catalogue.map(({ model }) => model.id)
const providers = [
  ...new Set(
    Catalogue.catalogue.flatMap(({ endpoints }) =>
      endpoints.flatMap(({ providerName, providerSlug }) => [providerName, providerSlug])
    )
  )
]

const from = <T>(...values: ReadonlyArray<T>) => FastCheck.constantFrom(...values)

const pixels = FastCheck.tuple(
  from(8, 16, 512, 768, 1000, 1024, 1536, 2048, 4096, 5000),
  from(16, 512, 1024, 2048, 4096)
).map(([width, height]) => `${width}x${height}`)
const tier = from("512", "768", "1K", "1.5K", "2K", "4K", "8K", "auto")

const reference = from(
  "https://example.com/cat.png",
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "data:image/png;base64,not base64",
  "data:text/plain,hello"
).map((url) => ({ type: "image_url" as const, imageUrl: { url } }))

const names = FastCheck.array(from(...providers, "Nobody"), { minLength: 1, maxLength: 3 })

const provider = FastCheck.record(
  {
    only: names,
    order: names,
    ignore: names,
    allowFallbacks: FastCheck.boolean(),
    sort: from("price", "latency"),
    options: FastCheck.dictionary(
      from("seed", "openai", "black-forest-labs", "sourceful"),
      FastCheck.dictionary(from("steps", "moderation", "never_documented"), FastCheck.constant(1)),
      { maxKeys: 2 }
    )
  },
  { requiredKeys: [] }
)

/** Each field is asked for now and then, so that most requests have few of them, as people's have. */
const sometimes = <T>(arbitrary: FastCheck.Arbitrary<T>) =>
  FastCheck.oneof({ arbitrary: FastCheck.constant(undefined), weight: 5 }, { arbitrary, weight: 1 })

/** The fields that make a picture large are given, or left to chance. */
export const anyRequest = (
  sizes: Partial<Record<"size" | "resolution", FastCheck.Arbitrary<string | undefined>>> = {},
  counts: FastCheck.Arbitrary<number | undefined> = sometimes(FastCheck.integer({ min: 1, max: 10 }))
): FastCheck.Arbitrary<Request> =>
  FastCheck.record({
    model: from(...models),
    prompt: from("a red panda", "x", "a paper boat on a lake at dawn, in the style of an old postcard"),
    n: counts,
    resolution: sizes.resolution ?? sometimes(tier),
    size: sizes.size ?? sometimes(FastCheck.oneof(pixels, tier)),
    aspectRatio: sometimes(from("1:1", "16:9", "9:16", "2.35:1", "1:8", "9:19.5", "auto", "7:5")),
    quality: sometimes(from("auto", "low", "high", "max", "superb")),
    outputFormat: sometimes(from("png", "jpeg", "webp", "svg", "avif")),
    background: sometimes(from("auto", "transparent", "opaque")),
    outputCompression: sometimes(FastCheck.integer({ min: 0, max: 100 })),
    seed: sometimes(FastCheck.integer({ min: 0, max: 1000 })),
    inputReferences: sometimes(FastCheck.array(reference, { maxLength: 5 })),
    provider: sometimes(provider)
  }).map((request) => JSON.parse(JSON.stringify(request)) as Request)
