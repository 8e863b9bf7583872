import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Duration, Effect, Schema, Stream } from "effect"
import { Errors, Images, Retry } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { Emulator, type Fault } from "effect-openrouter-images-emulator"
import { emulated } from "../../support/emulated.js"
import { tagsOf } from "../../support/errorTags.js"
import { broken, scripted } from "../../support/memoryHttp.js"

const request = { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "32x32" }

const tags = tagsOf(Errors.OpenRouterError)

const statuses = {
  400: "BadRequestResponseError",
  401: "UnauthorizedResponseError",
  402: "PaymentRequiredResponseError",
  403: "ForbiddenResponseError",
  404: "NotFoundResponseError",
  413: "PayloadTooLargeResponseError",
  429: "TooManyRequestsResponseError",
  500: "InternalServerResponseError",
  502: "BadGatewayResponseError",
  524: "EdgeNetworkTimeoutResponseError",
  529: "ProviderOverloadedResponseError",
  503: "OpenRouterDefaultError"
} as const satisfies Readonly<Record<number, Testing.Tag>>

/** The parts of an error that a program decides by. */
const decisive = (error: Errors.OpenRouterError) => ({
  ...("httpStatus" in error ? { status: error.status, httpStatus: error.httpStatus, code: error.code } : {}),
  tag: error._tag,
  operation: error.operation,
  billing: error.billing,
  retried: Retry.whenNotBilled(error),
  advice: Errors.advice(error)
})

/** The id that only a real head tells. */
const idOf = (error: Errors.OpenRouterError): { readonly generationId?: string } =>
  "generationId" in error && error.generationId !== undefined ? { generationId: error.generationId } : {}

/** What the client makes of the emulator's answer. */
const real = (fault: Fault.Fault, operation: Effect.Effect<unknown, Errors.OpenRouterError, Images.Images>) =>
  Effect.gen(function* () {
    const emulator = yield* Emulator.Emulator
    yield* emulator.script([fault])
    return yield* Effect.flip(operation)
  }).pipe(Effect.provide(emulated()))

const generated = Images.generate(request)
const listed = Images.listModels()

describe("an error by its tag", () => {
  it.effect.each(Object.entries(statuses))("is what the client makes of an answer of status %s", ([status, tag]) =>
    Effect.gen(function* () {
      const fault = { _tag: "Status", status: Number(status) } as const
      const theirs = yield* real(fault, generated)
      expect(decisive(Testing.error(tag, idOf(theirs)))).toEqual(decisive(theirs))
      // Which generation it was, and by whom, only a real head tells.
      const ofHead = ["generationId", "providerName"]
      const fields = Object.keys(theirs).filter((name) => !ofHead.includes(name))
      expect(Object.keys(Testing.error(tag)).sort()).toEqual(fields.sort())
    })
  )

  it.effect("and its headers, body and generation are what the answer would have had", () =>
    Effect.gen(function* () {
      const fields = { message: "Emulated status 429", generationId: "gen-1", retryAfter: Duration.seconds(2) }
      const headers = { "retry-after": "2", "x-generation-id": "gen-1" }
      const theirs = yield* real({ _tag: "Status", status: 429, headers }, generated)
      const ours = Testing.error("TooManyRequestsResponseError", fields)
      expect(theirs).toMatchObject({ ...ours, message: ours.message })
      expect(ours).toMatchObject({ ...fields, headers })
    })
  )

  it.effect("with a status, a code within a success or an operation of discovery follows them", () =>
    Effect.gen(function* () {
      const inSuccess = yield* real({ _tag: "Status", status: 502, httpStatus: 200 }, generated)
      expect(decisive(Testing.error("BadGatewayResponseError", { httpStatus: 200, ...idOf(inSuccess) }))).toEqual(
        decisive(inSuccess)
      )
      for (const status of [408, 504]) {
        const theirs = yield* real({ _tag: "Status", status }, generated)
        expect(decisive(Testing.error("OpenRouterDefaultError", { status, ...idOf(theirs) }))).toEqual(decisive(theirs))
      }
      const ofDiscovery = yield* real({ _tag: "Status", status: 524 }, listed)
      const ours = Testing.error("OpenRouterDefaultError", { status: 524, operation: "listModels" })
      expect(decisive(ours)).toEqual(decisive(ofDiscovery))
    })
  )

  it.effect("of a connection says whether anything was sent", () =>
    Effect.gen(function* () {
      for (const [code, phase] of [
        ["ECONNREFUSED", "connect"],
        ["ECONNRESET", "response"]
      ] as const) {
        const { layer } = scripted([broken(code)], { retry: Retry.none })
        const theirs = yield* Effect.flip(Effect.provide(generated, layer))
        expect("code" in theirs && "phase" in theirs && [theirs.code, theirs.phase]).toEqual([code, phase])
        const generating = Testing.error("ConnectionError", { phase })
        expect(decisive(generating)).toEqual(decisive(theirs))
        expect([generating.code, generating.message.includes(code)]).toEqual([code, true])
        const ofDiscovery = yield* Effect.flip(Effect.provide(listed, layer))
        const ours = Testing.error("ConnectionError", { phase, operation: "listModels" })
        expect(decisive(ours)).toEqual(decisive(ofDiscovery))
      }
    })
  )

  it.effect("of an answer that cannot be read, a request that is not valid, and a stream is the client's too", () =>
    Effect.gen(function* () {
      const unreadable = yield* real({ _tag: "Corrupt", how: "cutJson" }, generated)
      const ours = Testing.error("ResponseValidationError", idOf(unreadable))
      expect(decisive(ours)).toEqual(decisive(unreadable))
      const { issues, status } = unreadable as Errors.ResponseValidationError
      expect({ issues, status }).toEqual({ issues: ours.issues, status: ours.status })
      expect((unreadable as Errors.ResponseValidationError).images).toHaveLength(ours.images.length)
      const refused = yield* Effect.flip(Effect.provide(Images.generate({ ...request, prompt: "" }), emulated()))
      expect(Testing.error("InvalidRequestError")).toEqual(refused)
      const streamed = Stream.runDrain(Images.generateStream(request))
      const failed = (yield* real({ _tag: "Stream", how: "error" }, streamed)) as Errors.ImageStreamError
      const { code, message } = Testing.error("ImageStreamError")
      expect([failed._tag, failed.code, failed.message]).toEqual(["ImageStreamError", code, message])
      const cut = yield* real({ _tag: "Stream", how: "doneEarly" }, streamed)
      expect(decisive(Testing.error("IncompleteStreamError", idOf(cut)))).toEqual(decisive(cut))
    })
  )

  it.each(tags)("%s crosses a process boundary as itself", (tag) => {
    const error = Testing.error(tag)
    const same = Schema.decodeSync(Errors.OpenRouterError)(Schema.encodeSync(Errors.OpenRouterError)(error))
    expect(same).toEqual(error)
    expect([error._tag, error.message === ""]).toEqual([tag, false])
  })

  it("has the fields that it is told", () => {
    expect(Testing.error("RequestTimeoutError", { timeout: Duration.seconds(7) }).message).toContain("7s")
    expect(Testing.error("RequestTimeoutError", { operation: "listModels" })).toMatchObject({
      billing: "notBilled",
      timeout: Duration.seconds(30)
    })
    expect(Testing.error("ConnectionError", { images: [Testing.image], billing: "billed" })).toMatchObject({
      images: [Testing.image],
      billing: "billed"
    })
    expect(Testing.error("BudgetExceededError", { reason: "unknownCost" }).reason).toBe("unknownCost")
    const reasons = Testing.error("ForbiddenResponseError", { message: "flagged", metadata: { reasons: ["violence"] } })
    expect(reasons.message).toBe("flagged")
    expect(JSON.parse(reasons.body)).toEqual({
      error: { code: 403, message: "flagged", metadata: { reasons: ["violence"] } }
    })
  })

  it("has a precise type", () => {
    expectTypeOf(Testing.error("TooManyRequestsResponseError")).toEqualTypeOf<Errors.TooManyRequestsResponseError>()
    expectTypeOf(Testing.error("ConnectionError")).toEqualTypeOf<Errors.ConnectionError>()
    expectTypeOf<Testing.ErrorOf<Testing.Tag>>().toEqualTypeOf<Errors.OpenRouterError>()
    const mistaken: ReadonlyArray<() => unknown> = [
      // @ts-expect-error there is no such tag
      () => Testing.error("TeapotResponseError"),
      // @ts-expect-error a timeout has no status
      () => Testing.error("RequestTimeoutError", { status: 408 }),
      // @ts-expect-error its message is made of its fields
      () => Testing.error("ConnectionError", { message: "broken" }),
      // @ts-expect-error an invalid request was never billed
      () => Testing.error("InvalidRequestError", { billing: "billed" })
    ]
    expect(mistaken).toHaveLength(4)
  })
})
