// A Cloudflare Worker that answers with a picture. Nothing in it needs Node: the library runs wherever there is fetch.
//
//   npx wrangler secret put OPENROUTER_API_KEY
//
// With the compatibility flag `enable_request_signal` a browser that goes away ends the generation.
import { FetchHttpClient } from "@effect/platform"
import { Duration, Effect, Layer, Redacted } from "effect"
import { Client, Errors, type GeneratedImage, Images } from "effect-openrouter-images"

export interface Env {
  readonly OPENROUTER_API_KEY: string
  /** For an emulator or a gateway. */
  readonly OPENROUTER_BASE_URL?: string
}

/** Cheap to build and without connections of its own, so each request has one: a worker may not share I/O between requests. */
const imagesLayer = (env: Env): Layer.Layer<Images.Images> =>
  Images.layer.pipe(
    Layer.provide(Client.layer({ apiKey: Redacted.make(env.OPENROUTER_API_KEY), baseUrl: env.OPENROUTER_BASE_URL })),
    Layer.provide(FetchHttpClient.layer)
  )

/** A fault of the caller's is 4xx, ours and the provider's 5xx. Whoever calls is not told of our key or our credits. */
const statusOf = (error: Errors.GenerateError): number => {
  switch (error._tag) {
    case "InvalidRequestError":
    case "BadRequestResponseError":
      return 400
    case "ForbiddenResponseError":
      return 422
    case "TooManyRequestsResponseError":
    case "ProviderOverloadedResponseError":
      return 503
    case "RequestTimeoutError":
    case "EdgeNetworkTimeoutResponseError":
      return 504
    default:
      return 502
  }
}

/** `billing` tells the caller whether to ask again: after `unknown` and `billed` it may be paid for twice. */
const errorResponse = (error: Errors.GenerateError): Response => {
  const retryAfter = "retryAfter" in error ? error.retryAfter : undefined
  return Response.json(
    { error: error._tag, billing: error.billing },
    {
      status: statusOf(error),
      headers: retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(Duration.toSeconds(retryAfter))) }
    }
  )
}

const pictureResponse = (image: GeneratedImage.GeneratedImage, headers: Record<string, string> = {}): Response =>
  new Response(new Uint8Array(image.bytes), { headers: { ...headers, "content-type": image.mediaType } })

const draw = (prompt: string) =>
  Images.generate({ model: "bytedance-seed/seedream-4.5", prompt, resolution: "1K" }).pipe(
    Effect.map(({ data: [image], usage }) =>
      image === undefined
        ? new Response(null, { status: 502 })
        : pictureResponse(image, { "x-cost-usd": String(usage?.cost ?? "") })
    ),
    Effect.tapError((error) => Effect.logError(Errors.format(error))),
    Effect.catchAll((error) => {
      // An answer that broke off, or that is not what was promised: a picture that came whole is paid for, so it is delivered.
      const [image] = "images" in error ? error.images : []
      return Effect.succeed(image === undefined ? errorResponse(error) : pictureResponse(image))
    })
  )

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    const prompt = new URL(request.url).searchParams.get("prompt") ?? ""
    return Effect.runPromise(Effect.provide(draw(prompt), imagesLayer(env)), { signal: request.signal })
  }
}
