/** What the API refuses, in its own words: each refusal names the parameter, its value and what is allowed. */
import * as Either from "effect/Either"
import type { ImagesSchema } from "effect-openrouter-images"
import { type Refusal, refuse } from "../answers/Refusal.js"
import { type CatalogueEntry, catalogue, find } from "../catalogue/Catalogue.js"
import type { Format } from "../catalogue/Entry.js"
import type { Accepted } from "./Accepted.js"
import { choose } from "./Parameters.js"
import { isDrawable, pixelSize, sizeFault } from "./PixelSize.js"
import { referenceFault } from "./References.js"
import { parse, quote } from "./RequestBody.js"
import { selectEndpoints } from "./Routing.js"

type Request = ImagesSchema.ImageGenerationRequest

const findModel = (id: string): Either.Either<CatalogueEntry, Refusal> => {
  const entry = find(id)
  if (entry !== undefined) return Either.right(entry)
  const author = id.split("/")[0]
  const others = catalogue.map(({ model }) => model.id)
  const near = others.filter((other) => other.startsWith(`${author}/`))
  const fallbackModels = (near.length > 0 ? near : others).slice(0, 3)
  return Either.left(
    refuse(404, `model: no model ${quote(id)} makes pictures; there are ${fallbackModels.join(", ")}`, {
      availability: { code: "model_not_found", retryable: false, requestedModels: [id], fallbackModels }
    })
  )
}

const formats: ReadonlyArray<Format> = ["png", "jpeg", "webp", "svg"]

const formatOf = ({ outputFormat }: Request, { answers }: CatalogueEntry): Format =>
  formats.find((format) => format === outputFormat) ?? answers.format

const backgroundFault = ({ background }: Request, format: Format): string | undefined =>
  background === "transparent" && format !== "png" && format !== "webp"
    ? `background "transparent" needs output_format png or webp, got ${format}`
    : undefined

const drawabilityFault = (request: Request): string | undefined => {
  const size = pixelSize(request)
  const asked = [request.size ?? request.resolution ?? "1K", request.aspectRatio ?? ""].join(" ").trim()
  return isDrawable(size)
    ? undefined
    : `size must come to at most 4096x4096 pixels, got ${size.width}x${size.height} for ${asked}`
}

/** Refuses with the first of the faults, if there is one. */
const refuseFirst = (...faults: ReadonlyArray<string | undefined>): Either.Either<void, Refusal> => {
  const found = faults.find((fault) => fault !== undefined)
  return found === undefined ? Either.void : Either.left(refuse(400, found))
}

/** The body of a generation: served, or refused as the API would. */
export const check = (body: string): Either.Either<Accepted, Refusal> =>
  Either.gen(function* () {
    const { request, stream } = yield* parse(body)
    const entry = yield* findModel(request.model)
    yield* refuseFirst(sizeFault(request), referenceFault(request))
    const endpoint = yield* choose(yield* selectEndpoints(entry, request), request)
    const format = formatOf(request, entry)
    yield* refuseFirst(drawabilityFault(request), backgroundFault(request, format))
    const { answers } = entry
    return {
      request,
      endpoint,
      size: pixelSize(request),
      format,
      answers,
      stream: stream && endpoint.supportsStreaming
    }
  })
