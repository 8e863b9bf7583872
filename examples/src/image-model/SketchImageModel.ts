// `ImageModel` by another provider: a service that answers `POST /sketches` with one SVG. It shows how little a provider must bring.
import { AiError, Model, Response, Telemetry } from "@effect/ai"
import { HttpClient, HttpClientRequest } from "@effect/platform"
import { Effect, Layer } from "effect"
import * as ImageModel from "./ImageModel.js"

export interface Options {
  /** The address of the service, without a slash at its end. */
  readonly baseUrl: string
}

const origin = { module: "SketchImageModel", method: "generate" } as const

/** What it cannot do it says, by field and value: to draw something else would be worse. */
const refusals = ({ aspectRatio, n = 1, references }: ImageModel.ProviderOptions): ReadonlyArray<string> => [
  ...(n === 1 ? [] : [`n must be 1, got ${n}`]),
  ...(references.length === 0 ? [] : [`references must be none, got ${references.length}`]),
  ...(aspectRatio === undefined ? [] : [`aspectRatio must not be set, got "${aspectRatio}"; set size`])
]

/** The service over the HttpClient of the context. */
export const make = ({ baseUrl }: Options): Effect.Effect<ImageModel.Service, never, HttpClient.HttpClient> =>
  Effect.map(HttpClient.HttpClient, (client) => {
    const ok = HttpClient.filterStatusOk(client)
    return ImageModel.make({
      generate: (options) =>
        Effect.gen(function* () {
          const { prompt, seed, size = "512x512", span } = options
          Telemetry.addGenAIAnnotations(span, { system: "sketch", request: { seed } })
          const refused = refusals(options)
          if (refused.length > 0)
            return yield* new AiError.MalformedInput({ ...origin, description: refused.join("; ") })
          const [width, height] = size.split("x").map(Number)
          const request = HttpClientRequest.post(`${baseUrl}/sketches`).pipe(
            HttpClientRequest.bodyUnsafeJson({ prompt, width, height, seed })
          )
          const response = yield* ok.execute(request)
          const data = new Uint8Array(yield* response.arrayBuffer)
          return [Response.makePart("file", { mediaType: "image/svg+xml", data })]
        }).pipe(
          Effect.catchTags({
            RequestError: (error) => AiError.HttpRequestError.fromRequestError({ ...origin, error }),
            ResponseError: (error) => AiError.HttpResponseError.fromResponseError({ ...origin, error })
          })
        )
    })
  })

/** `ImageModel` by the service at an address. */
export const layer = (options: Options): Layer.Layer<ImageModel.ImageModel, never, HttpClient.HttpClient> =>
  Layer.effect(ImageModel.ImageModel, make(options))

/** The same, with the provider's name for programs that ask for it. */
export const model = (options: Options): Model.Model<"sketch", ImageModel.ImageModel, HttpClient.HttpClient> =>
  Model.make("sketch", layer(options))
