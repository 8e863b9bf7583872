import { AiError } from "@effect/ai"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, Redacted, Schema, Stream } from "effect"
import * as Testing from "effect-openrouter-images/Testing"
import { Emulator } from "effect-openrouter-images-emulator"
import * as ImageModel from "effect-openrouter-images-examples/dist/image-model/ImageModel.js"
import * as OpenRouterImageModel from "effect-openrouter-images-examples/dist/image-model/OpenRouterImageModel.js"
import { billingOf, causeOf } from "effect-openrouter-images-examples/dist/image-model/openRouterErrors.js"
import { emulated } from "../support/emulated.js"

const scripted = (answers: Testing.Answers) =>
  Layer.provideMerge(OpenRouterImageModel.layer({ model: "testing/model" }), Testing.layer(answers))

const boat = { prompt: "a paper boat" }

/** The AiError of each error of ours. */
const kinds = {
  BadRequestResponseError: "HttpResponseError",
  UnauthorizedResponseError: "HttpResponseError",
  PaymentRequiredResponseError: "HttpResponseError",
  ForbiddenResponseError: "HttpResponseError",
  NotFoundResponseError: "HttpResponseError",
  PayloadTooLargeResponseError: "HttpResponseError",
  TooManyRequestsResponseError: "HttpResponseError",
  InternalServerResponseError: "HttpResponseError",
  BadGatewayResponseError: "HttpResponseError",
  EdgeNetworkTimeoutResponseError: "HttpResponseError",
  ProviderOverloadedResponseError: "HttpResponseError",
  OpenRouterDefaultError: "HttpResponseError",
  ConnectionError: "HttpRequestError",
  RequestTimeoutError: "HttpRequestError",
  InvalidRequestError: "MalformedInput",
  ResponseValidationError: "MalformedOutput",
  IncompleteStreamError: "MalformedOutput",
  ImageStreamError: "UnknownError",
  BudgetExceededError: "UnknownError"
} as const satisfies Record<Testing.Tag, AiError.AiError["_tag"]>

describe("an AiError of OpenRouterImageModel", () => {
  for (const tag of Object.keys(kinds) as Array<Testing.Tag>) {
    it.effect(`is ${kinds[tag]} for ${tag}, which stays its cause`, () => {
      const cause = Testing.error(tag)
      return Effect.gen(function* () {
        const error = yield* Effect.flip(Stream.runDrain(ImageModel.stream(boat)))
        expect(error).toMatchObject({ _tag: kinds[tag], module: "OpenRouterImageModel", method: "stream" })
        expect(error.message).toContain(cause.message.slice(0, 40))
        const { _tag, billing, message } = Option.getOrThrow(causeOf(error))
        expect([_tag, billing, message]).toEqual([tag, cause.billing, cause.message])
        expect(billingOf(error)).toBe(cause.billing)
        const elsewhere = Schema.decodeUnknownSync(Schema.parseJson(AiError.AiError))(
          Schema.encodeSync(Schema.parseJson(AiError.AiError))(error)
        )
        expect(elsewhere._tag).toBe(error._tag)
        // What has crossed without its cause proves nothing.
        expect(billingOf(elsewhere)).toBe("unknown")
      }).pipe(Effect.provide(scripted({ generateStream: cause })))
    })
  }

  it.effect("has status and words of the server, and no key", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* emulator.script([{ _tag: "Status", status: 403, error: { message: "sk-or-secret may not do this" } }])
      const error = yield* Effect.flip(ImageModel.generate(boat))
      expect(error).toMatchObject({ _tag: "HttpResponseError", method: "generate", response: { status: 403 } })
      expect(error.message).toContain("may not do this")
      expect(JSON.stringify([error, error.message, Schema.encodeSync(AiError.AiError)(error)])).not.toContain("sk-or-")
    }).pipe(
      Effect.provide(
        Layer.provideMerge(
          OpenRouterImageModel.layer({ model: "testing/model" }),
          emulated({ apiKey: Redacted.make("sk-or-secret") })
        )
      )
    )
  )

  it.effect("keeps the pictures that came before the failure", () =>
    Effect.gen(function* () {
      const cause = Option.getOrThrow(causeOf(yield* Effect.flip(ImageModel.generate(boat))))
      expect(cause).toMatchObject({ billing: "billed", images: [Testing.image] })
    }).pipe(
      Effect.provide(
        scripted({ generate: Testing.error("ResponseValidationError", { billing: "billed", images: [Testing.image] }) })
      )
    )
  )
})
