import { HttpRouter } from "@effect/platform"
import { RpcSerialization, RpcServer } from "@effect/rpc"
import { Effect, Layer } from "effect"
import { Images } from "effect-openrouter-images"
import { PictureRpcs } from "./api.js"

/** Each call is one of Images. A client that gives up ends it here too, and the socket to OpenRouter is closed. */
const PicturesLive = PictureRpcs.toLayer(
  Effect.map(Images.Images, (images) => ({
    Generate: (request) => images.generate(request),
    GenerateStream: (request) => images.generateStream(request)
  }))
)

/** The calls at `/rpc`; it wants Images, and a server to run on. */
export const ServerLive = HttpRouter.Default.serve().pipe(
  Layer.provide(RpcServer.layer(PictureRpcs)),
  Layer.provide(PicturesLive),
  Layer.provide(RpcServer.layerProtocolHttp({ path: "/rpc" })),
  Layer.provide(RpcSerialization.layerNdjson)
)
