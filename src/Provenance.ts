/**
 * Where a picture comes from, kept in its own file.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { GeneratedImage } from "./GeneratedImage.js"
import { sidecarPath } from "./internal/image/fileName.js"
import { whereThere } from "./internal/image/whereThere.js"
import { embed, jsonOf } from "./internal/provenance/embed.js"
import { namespace } from "./internal/provenance/own.js"
import { packetWith } from "./internal/provenance/packet.js"
import { isDataUrl, RecordedRequest, recordedRequest } from "./internal/request/record.js"
import { makeUnchecked } from "./internal/schema/makeUnchecked.js"
import { present } from "./internal/schema/present.js"
import { exact } from "./internal/schema/primitives.js"
import { withSpan } from "./internal/telemetry/span.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"
import type { ImageGenerationResponse } from "./Schema/ImageGenerationResponse.js"
import { type ImageGenerationUsage, totalCostUsd } from "./Schema/ImageGenerationUsage.js"

/**
 * Options for writing provenance into a picture.
 *
 * @since 0.1.0
 * @category models
 */
export interface WriteOptions {
  /**
   * Whether to write also into a picture that carries signed Content Credentials (C2PA), as those of some providers do.
   * Its signature is then no longer valid. By default such a picture stays as it is, and `GeneratedImage.save` writes a
   * sidecar beside it.
   */
  readonly breakSignature?: boolean | undefined
}

/**
 * Where a picture comes from: the request and its result. Prompt, model and seed are those of the request.
 *
 * @since 0.1.0
 * @category models
 */
export class Provenance extends Schema.Class<Provenance>("effect-openrouter-images/Provenance")({
  /**
   * The request that made the picture, without fields that do not shape it (`user`, `sessionId`, `trace`). A reference
   * that was sent within the request has a data URL without content. An http(s) URL stays as it was, with any token in
   * it.
   */
  request: RecordedRequest,
  /** Seconds since 1970. */
  created: Schema.Number,
  /** This picture's share of the cost of the call, in US dollars. Absent when the server did not report it. */
  costUsd: exact(Schema.NonNegative.pipe(Schema.finite())),
  /** OpenRouter's id of the generation. */
  generationId: exact(Schema.String)
}) {
  get prompt(): string {
    return this.request.prompt
  }

  /** The model that made the picture. */
  get model(): string {
    return this.request.model
  }

  get seed(): number | undefined {
    return this.request.seed
  }

  /** How many references of the request have lost their content. Without them the request makes another picture. */
  get missingReferences(): number {
    return (this.request.inputReferences ?? []).filter(({ imageUrl }) => isDataUrl(imageUrl.url)).length
  }

  /**
   * The provenance as XMP for a sidecar, a file of its own beside the picture. Of the XMP that is already `there`,
   * everything stays except an earlier provenance. `undefined` where nothing can be added to it.
   */
  xmp(there?: string): string | undefined {
    const json = Option.getOrUndefined(encode(this))
    if (json === undefined) return undefined
    const statement = { prompt: this.prompt, model: this.model, json }
    const packet = packetWith(there, statement, Number.POSITIVE_INFINITY)
    // Another tool has rewritten an earlier provenance, which can no longer be told apart: nothing about another
    // picture may stay
    return (
      packet ?? (there?.includes(namespace) ? packetWith(undefined, statement, Number.POSITIVE_INFINITY) : undefined)
    )
  }

  /** The picture with this provenance in its file. See `write`. */
  into(image: GeneratedImage, { breakSignature = false }: WriteOptions = {}): GeneratedImage {
    return Option.getOrElse(written(image, this, breakSignature), () => image)
  }
}

const Json = Schema.parseJson(Provenance)
const encode = Schema.encodeOption(Json)
const decode = Schema.decodeOption(Json)

/** Bytes may be odd in ways that nobody foresaw. */
const written = Option.liftThrowable(
  (image: GeneratedImage, provenance: Provenance, breakSignature: boolean): GeneratedImage => {
    const { model, prompt } = provenance
    const json = Option.getOrUndefined(encode(provenance))
    const bytes = json === undefined ? undefined : embed(image.bytes, { prompt, model, json }, breakSignature)
    return bytes === undefined ? image : new GeneratedImage(bytes, image.mediaType)
  }
)
const jsonIn = Option.liftThrowable(jsonOf)

/** An equal share of the cost of the call. A cost that is no amount gives none. */
const shareOf = (pictures: unknown, usage: ImageGenerationUsage | undefined): number | undefined => {
  const total = totalCostUsd(usage)
  return total === undefined ? undefined : total / (Array.isArray(pictures) ? Math.max(1, pictures.length) : 1)
}

/** The request that made the pictures. A layer that reports only the model is believed. */
const requestOf = Option.liftThrowable((request: ImageGenerationRequest, response: ImageGenerationResponse) =>
  recordedRequest(response.request ?? { ...request, model: response.fallback?.model ?? request.model })
)

/** Stands for what is no request at all: there is nothing to say about it, and nothing is written. */
const nothing: ImageGenerationRequest = { model: "", prompt: "" }

/**
 * The provenance of each picture of a response.
 *
 * The pictures share the cost of the call equally, so that the costs of the files add up to it. A response from a cache
 * cost nothing. The request is the one that made the pictures; where a step of a fallback served the call, it is the
 * step's.
 *
 * Where several calls made the response (`Split.layer`), give the index of the `picture` in `data`. Request, seed, cost
 * and generation are then those of its call.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Images, Provenance } from "effect-openrouter-images"
 *
 * const request = { model: "krea/krea-2", prompt: "a paper boat", n: 2 }
 *
 * const shares = Effect.map(Images.generate(request), (response) => Provenance.of(request, response).costUsd) // half of it
 * ```
 */
export const of = (
  request: ImageGenerationRequest,
  response: ImageGenerationResponse,
  picture?: number
): Provenance => {
  const call = picture === undefined ? undefined : response.calls?.find(({ pictures }) => pictures.includes(picture))
  const { generationId, usage } = call ?? response
  // The request was sent and the response decoded, so both are valid.
  return makeUnchecked(Provenance, {
    request: call?.request ?? Option.getOrElse(requestOf(request, response), () => nothing),
    created: response.created,
    ...present({ costUsd: shareOf(call?.pictures ?? response.data, usage), generationId })
  })
}

/**
 * The picture with its provenance in the file, as XMP. Other tools can read the prompt, the model, and that a trained
 * model made it (IPTC's `trainedAlgorithmicMedia`); `read` gets the exact value. An earlier provenance is replaced.
 * Other XMP stays, and so does every pixel.
 *
 * PNG, JPEG, WebP and SVG can carry it. Some pictures come back unchanged: any other format, a broken structure, a
 * signed picture (see `WriteOptions`), a JPEG for which the packet is too long (64 KB with the request), and XMP that
 * cannot be added to. It never fails: a picture that was paid for is worth more than its provenance.
 * `GeneratedImage.save` then writes a sidecar, and `readFile` finds either.
 *
 * Anyone who has the file can read the prompt.
 *
 * @since 0.1.0
 * @category files
 * @example
 * ```ts
 * import { NodeContext } from "@effect/platform-node"
 * import { Effect } from "effect"
 * import { GeneratedImage, Images, Provenance } from "effect-openrouter-images"
 *
 * const request = { model: "bytedance-seed/seedream-4.5", prompt: "a red panda", seed: 7 }
 *
 * const program = Effect.gen(function* () {
 *   const response = yield* Images.generate(request)
 *   yield* Effect.forEach(response.data, (image, i) =>
 *     GeneratedImage.save(image, `panda-${i}`, { provenance: Provenance.of(request, response, i) })
 *   )
 * }).pipe(Effect.provide(NodeContext.layer))
 * ```
 */
export const write = (image: GeneratedImage, provenance: Provenance, options?: WriteOptions): GeneratedImage =>
  provenance.into(image, options)

/**
 * The provenance in the bytes of a picture or of its sidecar. None in bytes of any other kind. It is only as
 * trustworthy as the file, which anyone who has it can have changed. Where there is a file system, `readFile` finds the
 * sidecar by itself.
 *
 * @since 0.1.0
 * @category files
 * @example
 * ```ts
 * import { Option } from "effect"
 * import { type GeneratedImage, Provenance } from "effect-openrouter-images"
 *
 * const promptOf = ({ bytes }: GeneratedImage.GeneratedImage) =>
 *   Option.map(Provenance.read(bytes), ({ prompt }) => prompt)
 * ```
 */
export const read = (bytes: Uint8Array): Option.Option<Provenance> =>
  jsonIn(bytes).pipe(
    Option.flatMap(Option.fromNullable),
    Option.flatMap((json) => decode(json))
  )

/**
 * The provenance of the picture at a path: from the file itself, else from the sidecar beside it (`panda.png.xmp`). The
 * file comes first, because its provenance cannot be that of another picture.
 *
 * A picture that cannot be read fails with PlatformError, and so does a sidecar that exists and cannot be read.
 *
 * @since 0.1.0
 * @category files
 * @example
 * ```ts
 * import { Console, Effect, Option } from "effect"
 * import { Provenance } from "effect-openrouter-images"
 *
 * const tell = (path: string) =>
 *   Effect.flatMap(
 *     Provenance.readFile(path),
 *     Option.match({
 *       onNone: () => Console.log("not known"),
 *       onSome: ({ costUsd, model, prompt, seed }) => Console.log(model, prompt, seed, costUsd)
 *     })
 *   )
 * ```
 */
export const readFile = (
  path: string
): Effect.Effect<Option.Option<Provenance>, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const embedded = read(yield* fs.readFile(path))
    if (Option.isSome(embedded)) return embedded
    const sidecar = yield* sidecarPath(path)
    return Option.flatMap(yield* whereThere(fs.readFile(sidecar)), read)
  }).pipe(withSpan("Provenance.readFile"))
