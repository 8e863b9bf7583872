// What each failure cost, and what a program does about it: a server that is busy, a prompt that is refused, and an answer
// that is lost after the picture was made.
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted } from "effect"
import { Client, Errors, Images, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const request = { model: "bytedance-seed/seedream-4.5", prompt: "a lighthouse at dusk", resolution: "1K" } as const

const attempt = (what: string) =>
  Images.generate(request, { retry: Retry.none }).pipe(
    Effect.flatMap(({ usage }) => Console.log(`${what}: a picture for $${usage?.cost}`)),
    Effect.catchTag(["TooManyRequestsResponseError", "ProviderOverloadedResponseError"], ({ billing }) =>
      Console.log(`${what}: they are busy (${billing})`)
    ),
    Effect.catch((error) => Console.log(`${what}:\n${Errors.format(error)}`))
  )

const program = Effect.gen(function* () {
  const emulator = yield* Emulator.Emulator
  yield* emulator.script([{ _tag: "Status", status: 429 }])
  yield* attempt("too many requests")
  yield* emulator.script([{ _tag: "Status", status: 403 }])
  yield* attempt("a prompt that is refused")
  yield* emulator.script([{ _tag: "Reset", at: "body" }])
  yield* attempt("an answer that is lost")
  yield* attempt("no fault")
  yield* Console.log(`billed: ${(yield* emulator.ledger).length} generations for 4 calls`)
})

const ImagesLive = Images.layer.pipe(
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provideMerge(Emulator.layerClient)
)

program.pipe(Effect.provide(ImagesLive), NodeRuntime.runMain)
