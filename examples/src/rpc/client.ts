import { FetchHttpClient } from "@effect/platform"
import { RpcClient, RpcSerialization } from "@effect/rpc"
import { Layer } from "effect"
import { PictureRpcs } from "./api.js"

/** The way to a server; a program needs this and no key. */
export const clientLayer = (url: string): Layer.Layer<RpcClient.Protocol> =>
  RpcClient.layerProtocolHttp({ url }).pipe(
    Layer.provide(RpcSerialization.layerNdjson),
    Layer.provide(FetchHttpClient.layer)
  )

/** `client.Generate(request)` is an Effect, `client.GenerateStream(request)` a Stream, as if `Images` were here. */
export const makeClient = RpcClient.make(PictureRpcs)
