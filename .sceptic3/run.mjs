import * as effect from "effect"
import * as platform from "@effect/platform"
import * as platformNode from "@effect/platform-node"
import * as O from "effect-openrouter-images"
import * as Emu from "effect-openrouter-images-emulator"
import * as fs from "node:fs"
const { Effect, Stream, Layer, Either } = effect
const L = { line: 3, ...effect, platform: platform, PN: platformNode, O, Emu,
  FetchHttpClient: platform.FetchHttpClient, HttpClient: platform.HttpClient, HttpClientResponse: platform.HttpClientResponse, HttpClientRequest: platform.HttpClientRequest, KeyValueStore: platform.KeyValueStore,
  fork: Effect.fork, forkDaemon: Effect.forkDaemon, catchAll: Effect.catchAll, catchAllCause: Effect.catchAllCause, layerScoped: Layer.scoped,
  result: Effect.either, isOk: Either.isRight, okOf: (e) => e.right, errOf: (e) => e.left, NodeLayer: platformNode.NodeContext.layer,
  encode: (s) => effect.Schema.encodeUnknownEither(s), decode: (s) => effect.Schema.decodeUnknownEither(s),
  failureOf: (c) => effect.Cause.failureOption(c), pretty: effect.Cause.pretty, defects: (c) => [...effect.Cause.defects(c)],
  streamCatchAll: Stream.catchAll, setConfig: (m) => Layer.setConfigProvider(effect.ConfigProvider.fromMap(new Map(Object.entries(m)))),
}
const { run } = await import(process.argv[2]); await run(L)
