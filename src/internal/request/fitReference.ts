/** Keeps a reference picture within limits of its size. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { InvalidRequestError } from "../../Errors.js"
import { ImageResizer, type Limits } from "../../ImageResizer.js"
import { show } from "../../Issue.js"
import { readDimensions } from "../image/dimensions.js"
import { sniffMediaType } from "../image/sniff.js"
import { sizeOf } from "./body.js"

const excessBytes = (byteLength: number, { maxBytes }: Limits): string | undefined =>
  maxBytes === undefined || byteLength <= maxBytes
    ? undefined
    : `has ${sizeOf(byteLength)}, more than maxBytes allows (${sizeOf(maxBytes)})`

/** A vector picture has no pixels, and a size that cannot be told exceeds nothing. */
const excessSide = (bytes: Uint8Array, { maxSide }: Limits): string | undefined => {
  if (maxSide === undefined || sniffMediaType(bytes) === "image/svg+xml") return undefined
  const { height, width } = readDimensions(bytes) ?? { width: 0, height: 0 }
  return Math.max(width, height) <= maxSide
    ? undefined
    : `has ${width}x${height} pixels, more than maxSide allows (${maxSide})`
}

const excessOf = (bytes: Uint8Array, limits: Limits): string | undefined =>
  excessBytes(bytes.length, limits) ?? excessSide(bytes, limits)

const refuse = (path: string, problem: string) =>
  new InvalidRequestError({
    operation: "generate",
    issues: [{ path: ["inputReferences"], message: `${show(path)} ${problem}` }]
  })

const needsResizer = (path: string, excess: string) =>
  refuse(path, `${excess}: provide an ImageResizer, or a smaller picture`)

/** Refuses a file by its size, before it is read, if nobody could make it smaller. */
export const checkSize = (path: string, byteLength: number, limits: Limits): Effect.Effect<void, InvalidRequestError> =>
  Effect.flatMap(Effect.serviceOption(ImageResizer), (resizer) => {
    const excess = excessBytes(byteLength, limits)
    return excess === undefined || Option.isSome(resizer) ? Effect.void : Effect.fail(needsResizer(path, excess))
  })

/** The picture as it is, or made smaller by the resizer in the context. */
export const fitReference = (
  path: string,
  bytes: Uint8Array,
  limits: Limits
): Effect.Effect<Uint8Array, InvalidRequestError> =>
  Effect.gen(function* () {
    const excess = excessOf(bytes, limits)
    if (excess === undefined) return bytes
    const resizer = yield* Effect.serviceOption(ImageResizer)
    if (Option.isNone(resizer)) return yield* Effect.fail(needsResizer(path, excess))
    const resized = yield* Effect.mapError(resizer.value.resize(bytes, limits), ({ message }) =>
      refuse(path, `${excess}, and could not be resized: ${message}`)
    )
    const still = excessOf(resized, limits)
    return still === undefined ? resized : yield* Effect.fail(refuse(path, `is still too large when resized: ${still}`))
  })
