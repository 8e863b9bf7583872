// What failures cost: a server that is busy, a box in between that gives up, and an answer that breaks off. The ledger of the
// emulator shows what was really billed.
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted } from "effect"
import { Client, Errors, Images, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const request = { model: "bytedance-seed/seedream-4.5", prompt: "a lighthouse at dusk", resolution: "1K" } as const

// Patient enough for a busy server, and never paying twice: the default rule, with short waits for this demonstration.
const retry = Retry.make({ initialInterval: "50 millis", maxRetries: 3 })

const attempt = (what: string) =>
  Images.generate(request, { retry }).pipe(
    Effect.matchEffect({
      onSuccess: ({ usage }) => Console.log(`\n${what}: a picture for $${usage?.cost}`),
      onFailure: (error) => Console.log(`\n${what}:\n${Errors.format(error)}`)
    })
  )

const program = Effect.gen(function* () {
  const emulator = yield* Emulator.Emulator
  yield* emulator.script([
    { _tag: "Status", status: 429 },
    { _tag: "Status", status: 529 }
  ])
  yield* attempt("busy twice, then free")
  yield* emulator.script([{ _tag: "Status", status: 504, body: "html", afterCompletion: true }])
  yield* attempt("a gateway that gave up after the picture was made")
  yield* emulator.script([{ _tag: "Reset", at: "body" }])
  yield* attempt("an answer that broke off")
  yield* emulator.script([{ _tag: "Corrupt", how: "cutEnd" }])
  yield* attempt("an answer that is not what was promised")
  const ledger = yield* emulator.ledger
  yield* Console.log(`\nbilled: ${ledger.length} generations for 4 calls`)
})

const ImagesLive = Images.layer.pipe(
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provideMerge(Emulator.layerClient)
)

program.pipe(Effect.provide(ImagesLive), NodeRuntime.runMain)
