import * as platformNode from "@effect/platform-node"
import * as effect from "effect"
import * as http from "effect/http"
import * as persistence from "effect/persistence"
import * as testing from "effect/testing"
import * as O from "effect-openrouter-images"
import * as Emu from "effect-openrouter-images-emulator"

const { Effect, Stream, Layer, Result } = effect
const L = {
  line: 4,
  ...effect,
  PN: platformNode,
  O,
  Emu,
  ...http,
  ...persistence,
  testing,
  fork: Effect.forkChild,
  forkDaemon: Effect.forkDetach,
  catchAll: Effect.catch,
  catchAllCause: Effect.catchCause,
  layerScoped: Layer.effect,
  result: Effect.result,
  isOk: Result.isSuccess,
  okOf: (e) => e.success,
  errOf: (e) => e.failure,
  NodeLayer: platformNode.NodeServices.layer,
  encode: (s) => effect.Schema.encodeUnknownResult(s),
  decode: (s) => effect.Schema.decodeUnknownResult(s),
  failureOf: (c) => effect.Cause.findErrorOption(c),
  pretty: effect.Cause.pretty,
  defects: (c) => c.reasons.filter(effect.Cause.isDieReason).map((r) => r.defect),
  streamCatchAll: Stream.catch,
  setConfig: (m) => effect.ConfigProvider.layer(effect.ConfigProvider.fromUnknown(m))
}
const { run } = await import(process.argv[2])
await run(L)
