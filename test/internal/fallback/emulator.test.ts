import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Stream } from "effect"
import { Client, Fallback, Images, Retry } from "effect-openrouter-images"
import { Emulator, type Fault } from "effect-openrouter-images-emulator"
import { tags } from "../../support/fakeImages.js"

describe("through the emulator", () => {
  const models = { first: "openai/gpt-image-1", second: "openai/gpt-image-1-mini" }
  const asked = { model: models.first, prompt: "a red panda", quality: "low" } as const
  const images = Images.layer.pipe(
    Layer.provide(Client.layer({ apiKey: Redacted.make("sk-or-emulated"), retry: Retry.none })),
    Layer.provideMerge(Emulator.layerClient)
  )
  const fallback = (steps: ReadonlyArray<Fallback.Step>, options?: Fallback.Options) =>
    Layer.provideMerge(Fallback.layer(steps, options), images)
  const script = (...faults: ReadonlyArray<Fault.Fault | null>) =>
    Effect.tap(Emulator.Emulator, (emulator) => emulator.script(faults))

  it.effect.each(["generate", "generateStream"] as const)("%s pays once, for the model that served", (name) =>
    Effect.gen(function* () {
      const emulator = yield* script({ _tag: "Status", status: 529 })
      yield* name === "generate" ? Images.generate(asked) : Stream.runDrain(Images.generateStream(asked))
      expect((yield* emulator.ledger).map(({ model }) => model)).toEqual([models.second])
      expect(yield* emulator.requests).toHaveLength(2)
    }).pipe(Effect.provide(fallback([models.second])))
  )

  it.effect("a parameter that the model does not take goes to one that does", () =>
    Effect.gen(function* () {
      const emulator = yield* script()
      const { fallback } = yield* Images.generate({ model: "krea/krea-2", prompt: "a red panda", quality: "low" })
      expect(fallback).toMatchObject({ model: models.second, failures: [{ error: { status: 400 } }] })
      expect((yield* emulator.ledger).map(({ model }) => model)).toEqual([models.second])
    }).pipe(Effect.provide(fallback([models.second])))
  )

  it.effect("another provider serves what the first does not", () =>
    Effect.gen(function* () {
      const emulator = yield* script({ _tag: "Status", status: 502 })
      yield* Images.generate({ ...asked, provider: { only: ["openai"] } })
      expect((yield* emulator.ledger).map(({ model, provider }) => [model, provider])).toEqual([
        [models.first, "azure"]
      ])
    }).pipe(Effect.provide(fallback([{ provider: { only: ["azure"] } }])))
  )

  it.effect("the models that the server names serve a model that is not there", () =>
    Effect.gen(function* () {
      const emulator = yield* script()
      const { fallback } = yield* Images.generate({ ...asked, model: "openai/nothing" })
      expect(fallback?.failures).toMatchObject([{ model: "openai/nothing", error: { _tag: "NotFoundResponseError" } }])
      expect((yield* emulator.ledger).map(({ model }) => model)).toEqual([fallback?.model])
    }).pipe(Effect.provide(fallback([], { followAvailability: true })))
  )

  it.effect.each([
    ["a moderation block", { _tag: "Status", status: 403, error: { metadata: { reasons: ["violence"] } } }, 0],
    [
      "a moderation block in a 400",
      { _tag: "Status", status: 400, error: { message: "model: blocked by moderation" } },
      0
    ],
    ["an answer that was lost after it was paid for", { _tag: "Reset", at: "head", afterCompletion: true }, 1],
    ["an answer that cannot be read", { _tag: "Corrupt", how: "badBase64" }, 1],
    ["a page of a box in between", { _tag: "Status", status: 502, body: "html" }, 0]
  ] as const)("%s stays what it is", ([, fault, paid]) =>
    Effect.gen(function* () {
      const emulator = yield* script(fault)
      yield* Effect.flip(Images.generate(asked))
      expect(yield* emulator.requests).toHaveLength(1)
      expect(yield* emulator.ledger).toHaveLength(paid)
    }).pipe(Effect.provide(fallback([models.second])))
  )

  it.effect("and a stream that breaks after its previews is not made anew", () =>
    Effect.gen(function* () {
      const emulator = yield* script({ _tag: "Stream", how: "error" })
      const seen = yield* tags(Images.generateStream(asked))
      expect(seen.at(0)).toBe("PartialImage")
      expect(seen.at(-1)).toBe("ImageStreamError")
      expect(yield* emulator.requests).toHaveLength(1)
      expect(yield* emulator.ledger).toEqual([])
    }).pipe(Effect.provide(fallback([models.second])))
  )
})
