import { FetchHttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Layer, Option, Redacted, Stream } from "effect"
import { Client, type Errors, Images, type ImagesSchema, Retry } from "effect-openrouter-images"
import { Emulator, type Fault } from "effect-openrouter-images-emulator"

const request = { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "128x96" } as const

const ImagesOf = Layer.unwrapEffect(
  Effect.map(Emulator.Emulator, ({ baseUrl }) =>
    Layer.provide(
      Images.layer,
      Client.layer({ baseUrl, apiKey: Redacted.make("sk-or-emulated"), timeout: "20 seconds" })
    )
  )
)

const environments = {
  "in memory": ImagesOf.pipe(Layer.provideMerge(Emulator.layerClient)),
  "over HTTP with fetch": ImagesOf.pipe(Layer.provideMerge(Layer.merge(FetchHttpClient.layer, Emulator.layerServer()))),
  "over HTTP with undici": ImagesOf.pipe(
    Layer.provideMerge(Layer.merge(NodeHttpClient.layerUndici, Emulator.layerServer()))
  )
}

const scripted = (...faults: ReadonlyArray<Fault.Fault | null>) =>
  Effect.gen(function* () {
    const emulator = yield* Emulator.Emulator
    yield* emulator.reset
    yield* emulator.script(faults)
    return emulator
  })

/** The events that came, and the failure after them. */
const run = (options?: Client.RequestOptions, what: ImagesSchema.ImageGenerationRequest = request) =>
  Effect.gen(function* () {
    const events: Array<ImagesSchema.ImageStreamEvent> = []
    const collecting = Stream.runForEach(Images.generateStream(what, options), (event) =>
      Effect.sync(() => events.push(event))
    )
    const failure = yield* Effect.match(collecting, { onSuccess: () => undefined, onFailure: (error) => error })
    return { events, tags: events.map(({ _tag }) => _tag), failure }
  })

const previews = ["PartialImage", "PartialImage", "PartialImage"]

const endings: ReadonlyArray<readonly [what: string, fault: Fault.Fault, tag: string, billing: Errors.Billing]> = [
  ["an error event", { _tag: "Stream", how: "error" }, "ImageStreamError", "notBilled"],
  ["[DONE] before the picture", { _tag: "Stream", how: "doneEarly" }, "IncompleteStreamError", "unknown"],
  ["an end before the picture", { _tag: "Stream", how: "endEarly" }, "IncompleteStreamError", "unknown"],
  ["a picture that is no base64", { _tag: "Stream", how: "badBase64" }, "ResponseValidationError", "billed"]
]

for (const [name, environment] of Object.entries(environments)) {
  describe(name, () => {
    layer(environment, { excludeTestServices: true })((it) => {
      it.effect("gives previews, coarse to fine, and then the picture with what it cost", () =>
        Effect.gen(function* () {
          yield* scripted()
          const { events, failure, tags } = yield* run()
          const last = events.at(-1)
          expect([tags, failure]).toEqual([[...previews, "Completed"], undefined])
          expect(events.map((event) => ("image" in event ? event.image.dimensions : undefined))).toEqual(
            Array(4).fill({ width: 128, height: 96 })
          )
          expect(last?._tag === "Completed" && last.usage?.cost).toBeGreaterThan(0)
        })
      )

      for (const [what, fault, tag, billing] of endings) {
        it.effect(`after the previews, fails for ${what}: ${tag}, ${billing}`, () =>
          Effect.gen(function* () {
            yield* scripted(fault)
            const { failure, tags } = yield* run()
            expect([tags, failure?._tag, failure?.billing]).toEqual([previews, tag, billing])
          })
        )
      }

      it.effect("fails with ConnectionError when the connection breaks before the picture", () =>
        Effect.gen(function* () {
          yield* scripted({ _tag: "Reset", at: "body" })
          const { failure } = yield* run()
          expect(failure).toMatchObject({ _tag: "ConnectionError", phase: "response", billing: "unknown" })
        })
      )

      it.effect("that is reset on the way was billed only when the generation had completed", () =>
        Effect.gen(function* () {
          for (const afterCompletion of [false, true]) {
            const emulator = yield* scripted({ _tag: "Reset", at: "body", afterCompletion })
            expect((yield* run()).failure?.billing).toBe("unknown")
            expect(yield* emulator.ledger).toHaveLength(afterCompletion ? 1 : 0)
          }
        })
      )

      it.effect("fails with RequestTimeoutError after a silence, not after a long stream", () =>
        Effect.gen(function* () {
          yield* scripted({ _tag: "Stall", at: "body" })
          const { failure } = yield* run({ timeout: "500 millis" })
          expect(failure).toMatchObject({ _tag: "RequestTimeoutError", billing: "unknown" })
        })
      )

      it.effect("ends well without [DONE] once there was a picture", () =>
        Effect.gen(function* () {
          yield* scripted({ _tag: "Stream", how: "noDone" })
          const { failure, tags } = yield* run()
          expect([tags.at(-1), failure]).toEqual(["Completed", undefined])
        })
      )

      it.effect("passes on what it does not know", () =>
        Effect.gen(function* () {
          yield* scripted({ _tag: "Stream", how: "strangers" })
          const { events } = yield* run()
          expect(events.filter(({ _tag }) => _tag === "UnknownEvent")).toMatchObject([
            { type: "message", payload: "no JSON" },
            { type: "image_generation.novelty", payload: { type: "image_generation.novelty", depth: 3 } }
          ])
        })
      )

      for (const lineEnds of ["crlf", "cr", "mixed"] as const) {
        it.effect(`reads lines that end in ${lineEnds}, data on several lines and a byte order mark`, () =>
          Effect.gen(function* () {
            const chunkBytes = 61
            yield* scripted({ _tag: "Stream", lineEnds, severalLines: true, byteOrderMark: true, chunkBytes })
            const { failure, tags } = yield* run()
            expect([tags, failure]).toEqual([[...previews, "Completed"], undefined])
          })
        )
      }

      it.effect("gives each picture of a provider that cannot stream, with the usage on the last", () =>
        Effect.gen(function* () {
          yield* scripted()
          const { events } = yield* run(
            {},
            { model: "bytedance-seed/seedream-5-lite", prompt: "x", size: "64x64", n: 2 }
          )
          expect(events.map((event) => event._tag === "Completed" && event.usage?.cost)).toEqual([undefined, 0.08])
        })
      )

      it.effect("gives the markup of a vector graphic piece by piece", () =>
        Effect.gen(function* () {
          yield* scripted()
          const { events } = yield* run({}, { model: "recraft/recraft-v4-svg", prompt: "x" })
          const text = events.map((event) =>
            event._tag === "TextChunk" && event.phase === "content" ? event.text : ""
          )
          const last = events.at(-1)
          expect(last?._tag === "Completed" && new TextDecoder().decode(last.image.bytes)).toBe(text.join(""))
        })
      )

      it.effect("is tried again before its first event, and never after it", () =>
        Effect.gen(function* () {
          const retry = Retry.make({ initialInterval: "1 millis", while: () => true })
          const emulator = yield* scripted({ _tag: "Status", status: 503 }, { _tag: "Reset", at: "head" })
          expect((yield* run({ retry })).failure).toBeUndefined()
          expect(yield* emulator.requests).toHaveLength(3)
          yield* scripted({ _tag: "Stream", how: "endEarly" })
          expect((yield* run({ retry })).failure?._tag).toBe("IncompleteStreamError")
          expect(yield* emulator.requests).toHaveLength(1)
        })
      )

      it.effect("gives what is taken and no more", () =>
        Effect.gen(function* () {
          yield* scripted({ _tag: "Stall", at: "body" })
          const first = yield* Stream.runHead(Images.generateStream(request))
          expect(Option.map(first, ({ _tag }) => _tag)).toEqual(Option.some("PartialImage"))
        })
      )

      it.effect("refuses an event that is larger than allowed", () =>
        Effect.gen(function* () {
          yield* scripted()
          const { failure, tags } = yield* run({ maxEventBytes: 100 })
          expect(tags).toEqual([])
          expect(failure).toMatchObject({
            _tag: "ResponseValidationError",
            message: expect.stringContaining("100 bytes")
          })
        })
      )

      it.effect("sends nothing when the request is not valid", () =>
        Effect.gen(function* () {
          const emulator = yield* scripted()
          const { failure } = yield* run({}, { ...request, n: 0 })
          expect(failure).toMatchObject({
            _tag: "InvalidRequestError",
            operation: "generateStream",
            issues: [{ path: ["n"] }]
          })
          expect(yield* emulator.requests).toEqual([])
        })
      )
    })
  })
}

describe("what a slow consumer costs", () => {
  layer(environments["over HTTP with fetch"], { excludeTestServices: true })((it) => {
    it.effect("is nothing: events are made as they are taken", () =>
      Effect.gen(function* () {
        yield* scripted({ _tag: "Pace", chunkBytes: 2_000, everyMillis: 0 })
        const slowly = Images.generateStream(request).pipe(Stream.tap(() => Effect.sleep("20 millis")))
        const events = yield* Stream.runCollect(slowly)
        expect([...events].map(({ _tag }) => _tag)).toEqual([...previews, "Completed"])
      })
    )
  })
})
