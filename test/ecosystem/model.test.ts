import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Budget, Catalog, type Errors, type Images } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { PictureTools, PictureToolsLive } from "effect-openrouter-images-examples/dist/language-model/tools.js"

const call = { prompt: "a paper boat", aspectRatio: "16:9" } as const

/** What a language model gets as the result of a call of the tool. */
const told = (parameters = call) => Effect.flatMap(PictureTools, ({ handle }) => handle("GeneratePicture", parameters))

const over = <R>(images: Layer.Layer<Images.Images | R>) =>
  Layer.provideMerge(PictureToolsLive, Layer.merge(images, NodeContext.layer))

const refusals = [
  ["ForbiddenResponseError", "promptRefused"],
  ["BadRequestResponseError", "badParameters"],
  ["InvalidRequestError", "badParameters"],
  ["UnauthorizedResponseError", "unavailable"],
  ["PaymentRequiredResponseError", "unavailable"],
  ["ConnectionError", "unavailable"],
  ["ResponseValidationError", "unavailable"]
] as const satisfies ReadonlyArray<readonly [Errors.GenerateError["_tag"], string]>

describe("a language model that draws", () => {
  for (const [tag, reason] of refusals) {
    it.effect(`hears of ${tag} as ${reason}, and of nothing that is in it`, () =>
      Effect.gen(function* () {
        const { encodedResult, isFailure } = yield* told()
        expect(isFailure).toBe(true)
        expect(encodedResult).toEqual({ reason, whatToDo: expect.any(String) })
      }).pipe(Effect.provide(over(Testing.layer({ generate: Testing.error(tag) }))))
    )
  }

  it.effect("is told not to try again when the failure may have been paid for", () =>
    Effect.gen(function* () {
      const { result } = yield* told()
      expect(result).toMatchObject({ whatToDo: expect.stringMatching(/^Do not try again/) })
    }).pipe(Effect.provide(over(Testing.layer({ generate: Testing.error("RequestTimeoutError") }))))
  )

  it.effect("chooses what is drawn, and not what it may cost", () =>
    Effect.gen(function* () {
      const { handle } = yield* PictureTools
      // A model may say anything.
      const parameters: typeof call = JSON.parse(
        '{"prompt":"a boat","aspectRatio":"9:16","model":"x/y","resolution":"4K"}'
      )
      const exit = yield* Effect.exit(handle("GeneratePicture", parameters))
      expect(exit._tag).toBe("Success")
      expect(yield* Testing.requests).toEqual([
        { model: "bytedance-seed/seedream-4.0", prompt: "a boat", aspectRatio: "9:16", resolution: "1K" }
      ])
    }).pipe(Effect.provide(over(Testing.layer({ generate: Testing.error("ForbiddenResponseError") }))))
  )

  it.effect("asks nobody when the budget is used up", () =>
    Effect.gen(function* () {
      const { result } = yield* told()
      expect(result).toMatchObject({ reason: "budgetExceeded" })
      expect(yield* Testing.requests).toEqual([])
    }).pipe(
      Effect.provide(
        over(Budget.layer({ limitUsd: 0.01 }).pipe(Layer.provide(Catalog.layer()), Layer.provideMerge(Testing.layer())))
      )
    )
  )
})
