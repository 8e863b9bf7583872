/**
 * Finished generations in a KeyValueStore. Each has an entry, and the bytes of its pictures are stored beside it under
 * their hash.
 */
import type * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Overrides } from "../../Fallback.js"
import * as GeneratedImage from "../../GeneratedImage.js"
import { GenerationCall } from "../../Schema/GenerationCall.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import { ImageGenerationUsage } from "../../Schema/ImageGenerationUsage.js"
import { extensionOf } from "../image/sniff.js"
import { bestEffort, bestEffortOption, reasonOf, withinTime } from "../layer/bestEffort.js"
import { differences, withDifferences } from "../request/record.js"
import { Fault } from "../schema/lists.js"
import { present } from "../schema/present.js"
import { exact } from "../schema/primitives.js"
import { getBytes, getText, type StoreError } from "../store/keyValue.js"
import { setValue } from "../store/setValue.js"

const KeptPicture = Schema.Struct({
  // It becomes part of a file name, whoever wrote the entry.
  sha256: Schema.String.pipe(Schema.pattern(/^[0-9a-f]{64}$/)),
  mediaType: Schema.String
})
type KeptPicture = typeof KeptPicture.Type

const Entry = Schema.Struct({
  created: Schema.Number,
  usage: exact(ImageGenerationUsage),
  generationId: exact(Schema.String),
  providerName: exact(Schema.String),
  faults: exact(Schema.Array(Fault)),
  calls: exact(Schema.Array(GenerationCall)),
  pictures: Schema.NonEmptyArray(KeptPicture),
  // The pictures are just as good when either is odd, or when an older version did not keep it.
  fallback: exact(Schema.Unknown),
  // Only what the key does not already say. Someone who looks into the store need not learn what a hash stands for.
  request: exact(Schema.Unknown)
})

const readEntry = Schema.decodeOption(Schema.parseJson(Entry))
const writeEntry = Schema.encodeOption(Schema.parseJson(Entry))

const modelIn = Schema.decodeUnknownOption(Schema.Struct({ model: Schema.String }))

const placeOf = ({ mediaType, sha256 }: KeptPicture): string => `pictures/${sha256}.${extensionOf(mediaType)}`

/** Makes an entry worthless. */
class Unusable extends Schema.TaggedError<Unusable>()("Unusable", { message: Schema.String }) {}

/** How long to wait for the store. Pictures that have come are returned without it. */
const patience = Duration.seconds(30)

/** A generation, and the request that made it. An older version did not keep the request under a custom key. */
export interface Kept {
  readonly response: ImageGenerationResponse
  readonly request?: ImageGenerationRequest
}

export interface Key {
  readonly name: string
  /** What the key says about the request: all of it, or nothing where the caller chose the key. */
  readonly tells: Overrides
}

export interface Generations {
  /** What is kept under a key. An unusable entry counts as not kept, with a warning. */
  readonly get: (key: Key) => Effect.Effect<Option.Option<Kept>>
  /** Keeps a generation. A failure is only a warning. Use it in an uninterruptible region. */
  readonly set: (key: Key, kept: Kept) => Effect.Effect<void>
}

/** The fault of an entry, without the value that could not be read. A defect counts as the store's fault. */
const readable = <A>(effect: Effect.Effect<A, StoreError | Unusable>) =>
  effect.pipe(
    Effect.catchAllDefect((defect) =>
      Effect.fail(new Unusable({ message: `the store broke down: ${reasonOf(Cause.die(defect))}` }))
    )
  )

const placeFor = ({ name }: Key): string => `generations/${name}.json`

export const make = (store: KeyValueStore.KeyValueStore): Generations => {
  const read = (kept: KeptPicture) =>
    Effect.gen(function* () {
      const place = placeOf(kept)
      const bytes = yield* getBytes(store, place)
      if (Option.isNone(bytes)) return yield* new Unusable({ message: `${place} is missing` })
      const image = GeneratedImage.make(bytes.value, kept.mediaType)
      if ((yield* GeneratedImage.sha256(image)) === kept.sha256) return image
      return yield* new Unusable({ message: `${place} has other bytes than it had` })
    })

  const write = (image: GeneratedImage.GeneratedImage) =>
    Effect.gen(function* () {
      const kept = { sha256: yield* GeneratedImage.sha256(image), mediaType: image.mediaType }
      yield* setValue(store, placeOf(kept), image.bytes)
      return kept
    })

  const get = (key: Key) =>
    Effect.gen(function* () {
      const text = yield* getText(store, placeFor(key))
      if (Option.isNone(text)) return Option.none<Kept>()
      const entry = Option.getOrUndefined(readEntry(text.value))
      if (entry === undefined) return yield* new Unusable({ message: "it is not an entry" })
      const { calls, created, fallback, faults, generationId, pictures, providerName, request, usage } = entry
      const data = yield* Effect.forEach(pictures, read)
      const model = Option.getOrUndefined(modelIn(fallback))?.model
      const response = {
        created,
        data,
        ...present({
          usage,
          generationId,
          providerName,
          faults,
          calls,
          fallback: model === undefined ? undefined : { model, failures: [] }
        })
      }
      return Option.some<Kept>({
        response,
        ...present({ request: Option.getOrUndefined(withDifferences(key.tells, request)) })
      })
    })

  const set = (key: Key, { request, response }: Kept) =>
    Effect.gen(function* () {
      const { calls, created, data, fallback, faults, generationId, providerName, usage } = response
      const [first, ...rest] = data
      if (first === undefined) return
      // An entry lists only pictures that are already stored.
      const pictures = [yield* write(first), ...(yield* Effect.forEach(rest, (image) => write(image)))] as const
      const untold = request === undefined ? {} : differences(key.tells, request)
      const made = {
        fallback: fallback && { model: fallback.model },
        request: Object.keys(untold).length === 0 ? undefined : untold
      }
      const entry = { created, pictures, ...present({ usage, generationId, providerName, faults, calls, ...made }) }
      const text = Option.getOrUndefined(writeEntry(entry))
      if (text === undefined) return yield* new Unusable({ message: "it is not an entry" })
      yield* setValue(store, placeFor(key), text)
    })

  return {
    get: (key) =>
      Effect.map(
        bestEffortOption(`${placeFor(key)} cannot be used, so it is made anew`, () =>
          withinTime(patience, () => readable(get(key)))
        ),
        Option.flatten
      ),
    set: (key, kept) =>
      bestEffort(`${placeFor(key)} could not be written, so the pictures are not kept`, () =>
        withinTime(patience, () => readable(set(key, kept)))
      )
  }
}
