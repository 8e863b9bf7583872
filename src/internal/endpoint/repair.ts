/** Repairs a request: first corrects what no endpoint accepts. */
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { present } from "../schema/present.js"
import { faultsOf } from "./compatibility.js"
import { type Pixels, pixelsOf, sideOf, sides, sizeFault, tierOf } from "./size.js"

type Request = ImageGenerationRequest
export type Patch = { readonly [K in keyof Request]?: Request[K] | undefined }

/** Changes fields. An undefined one is removed. */
export const patch = (request: Request, fields: Patch): Request =>
  // `present` removes what is undefined, and no patch makes model or prompt undefined.
  present({ ...request, ...fields }) as Request

export const clamp = (value: number, { max, min }: { readonly min: number; readonly max: number }): number =>
  Math.min(max, Math.max(min, value))

const whole = (value: number | undefined, min: number, max: number): number | undefined =>
  value === undefined || Number.isNaN(value) ? undefined : clamp(Math.round(value), { min, max })

/** Corrects what the Schema refuses and a nearest value exists for. */
const withinBounds = (request: Request): Request => {
  const { inputReferences, n, outputCompression, seed, sessionId } = request
  return patch(request, {
    n: whole(n, 1, 10),
    outputCompression: whole(outputCompression, 0, 100),
    seed: whole(seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    inputReferences:
      inputReferences === undefined || inputReferences.length <= 16 ? inputReferences : inputReferences.slice(0, 16),
    sessionId: sessionId?.slice(0, 256)
  })
}

const ofPixels = ({ height, width }: Pixels): string => `${width}x${height}`

/** Scales to the documented sides, in blocks of 8 pixels, with the same proportion. */
const scale = ({ height, width }: Pixels): Pixels => {
  const [longest, shortest] = [Math.max(width, height), Math.max(1, Math.min(width, height))]
  const scale = longest > sides.max ? sides.max / longest : shortest < sides.min ? sides.min / shortest : 1
  const side = (length: number): number => clamp(Math.round((length * scale) / 8) * 8, sides)
  return { width: side(width), height: side(height) }
}

const isOutside = ({ height, width }: Pixels): boolean =>
  Math.min(width, height) < sides.min || Math.max(width, height) > sides.max

/** A size wins over a contradicting resolution or proportion, because it is more specific. */
const consistentSize = (request: Request): Request => {
  if (sizeFault(request) === undefined) return request
  const pixels = pixelsOf(request.size)
  if (pixels === undefined) {
    const isTier = sideOf(tierOf({ ...request, resolution: undefined }) ?? "") !== undefined
    return patch(request, isTier ? { resolution: undefined } : { size: undefined })
  }
  if (isOutside(pixels)) return consistentSize(patch(request, { size: ofPixels(scale(pixels)) }))
  const aspectRatio = sizeFault({ ...request, resolution: undefined }) === undefined ? request.aspectRatio : undefined
  const resolution = sizeFault({ ...request, aspectRatio: undefined }) === undefined ? request.resolution : undefined
  return patch(request, { aspectRatio, resolution })
}

/** Removes references that are not pictures. */
const readableReferences = (request: Request): Request => {
  const faults = faultsOf(request).filter(({ path: [field] }) => field === "inputReferences")
  const unreadable = new Set(faults.map(({ path: [, place] }) => place))
  return unreadable.size === 0
    ? request
    : patch(request, { inputReferences: request.inputReferences?.filter((_, i) => !unreadable.has(i)) })
}

/** The request without its own faults. */
export const repair = (request: Request): Request => readableReferences(consistentSize(withinBounds(request)))
