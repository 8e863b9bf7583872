/** Finished generations in a KeyValueStore: an entry each, and beside it the bytes of its pictures by their hash. */
import type { PlatformError } from "@effect/platform/Error"
import type * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ParseError } from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as GeneratedImage from "../GeneratedImage.js"
import type { ImageGenerationResponse } from "../Schema/ImageGenerationResponse.js"
import { ImageGenerationUsage } from "../Schema/ImageGenerationUsage.js"
import { exact } from "./checked.js"
import { present } from "./present.js"
import { extensionOf } from "./sniff.js"

const KeptPicture = Schema.Struct({
  // It names a file, whoever wrote the entry.
  sha256: Schema.String.pipe(Schema.pattern(/^[0-9a-f]{64}$/)),
  mediaType: Schema.String
})
type KeptPicture = typeof KeptPicture.Type

const Entry = Schema.Struct({
  created: Schema.Number,
  usage: exact(ImageGenerationUsage),
  generationId: exact(Schema.String),
  pictures: Schema.NonEmptyArray(KeptPicture)
})

const placeOf = ({ mediaType, sha256 }: KeptPicture): string => `pictures/${sha256}.${extensionOf(mediaType)}`

/** What makes an entry worthless. */
class Unusable extends Schema.TaggedError<Unusable>()("Unusable", { message: Schema.String }) {}

/** Why, without the value that could not be read. */
const reasonOf = (cause: Cause.Cause<PlatformError | ParseError | Unusable>): string =>
  Option.match(Cause.failureOption(cause), {
    onNone: () => "the store broke down",
    onSome: (error) => (error._tag === "ParseError" ? "it is not an entry" : error.message)
  })

export interface Generations {
  /** What is kept under a key; what cannot be used counts as not kept, with a warning. */
  readonly get: (key: string) => Effect.Effect<Option.Option<ImageGenerationResponse>>
  /** Keeps a response; where that fails there is a warning. For a region that is not interrupted. */
  readonly set: (key: string, response: ImageGenerationResponse) => Effect.Effect<void>
}

export const make = (store: KeyValueStore.KeyValueStore): Generations => {
  const entries = store.forSchema(Entry)

  const read = (kept: KeptPicture) =>
    Effect.gen(function* () {
      const place = placeOf(kept)
      const bytes = yield* store.getUint8Array(place)
      if (Option.isNone(bytes)) return yield* new Unusable({ message: `${place} is missing` })
      const image = GeneratedImage.make(bytes.value, kept.mediaType)
      if ((yield* GeneratedImage.sha256(image)) === kept.sha256) return image
      return yield* new Unusable({ message: `${place} has other bytes than it had` })
    })

  const write = (image: GeneratedImage.GeneratedImage) =>
    Effect.gen(function* () {
      const kept = { sha256: yield* GeneratedImage.sha256(image), mediaType: image.mediaType }
      yield* store.set(placeOf(kept), image.bytes)
      return kept
    })

  return {
    get: (key) => {
      const place = `generations/${key}.json`
      return Effect.gen(function* () {
        const entry = yield* entries.get(place)
        if (Option.isNone(entry)) return Option.none()
        const { created, generationId, pictures, usage } = entry.value
        return Option.some({
          created,
          data: yield* Effect.forEach(pictures, read),
          ...present({ usage, generationId })
        })
      }).pipe(
        Effect.catchAllCause((cause) =>
          Effect.as(Effect.logWarning(`${place} cannot be used, so it is made anew: ${reasonOf(cause)}`), Option.none())
        )
      )
    },
    set: (key, { created, data, generationId, usage }) => {
      const place = `generations/${key}.json`
      const [first, ...rest] = data
      if (first === undefined) return Effect.void
      return Effect.gen(function* () {
        // An entry speaks only of pictures that are there.
        const pictures = [yield* write(first), ...(yield* Effect.forEach(rest, write))] as const
        yield* entries.set(place, { created, pictures, ...present({ usage, generationId }) })
      }).pipe(
        Effect.catchAllCause((cause) =>
          Effect.logWarning(`${place} could not be written, so the pictures are not kept: ${reasonOf(cause)}`)
        )
      )
    }
  }
}
