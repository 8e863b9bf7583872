import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer, Redacted, Stream, TestClock } from "effect"
import { Client, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const request = { model: "openai/gpt-image-1", prompt: "a red panda" }

const paced = Images.layer.pipe(
  Layer.provide(Client.layer({ apiKey: Redacted.make("sk-or-emulated") })),
  Layer.provide(Emulator.layerClientWith({ pause: "700 millis" }))
)

describe("the pace of an emulator", () => {
  it.scoped("shows the previews of a stream one after the other, and delays nothing else", () =>
    Effect.gen(function* () {
      const start = yield* Clock.currentTimeMillis
      yield* Images.generate(request)
      expect(yield* Clock.currentTimeMillis).toBe(start)
      const times = [start]
      const seen = Stream.runForEach(Images.generateStream(request), () =>
        Effect.map(Clock.currentTimeMillis, (now) => times.push(now))
      )
      const fiber = yield* Effect.fork(seen)
      while ((yield* Fiber.status(fiber))._tag !== "Done") yield* TestClock.adjust("100 millis")
      yield* Fiber.join(fiber)
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
      expect(gaps.map((gap) => gap >= 700)).toEqual([true, true, true, true])
    }).pipe(Effect.provide(paced))
  )
})
