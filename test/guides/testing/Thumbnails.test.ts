// Thumbnails.test.ts
import { expect, it } from "@effect/vitest"
import { Effect, Either, Fiber, Layer, Stream, TestClock } from "effect"
import * as Testing from "effect-openrouter-images/Testing"
import { Thumbnails } from "./Thumbnails.js"

/** The app over Images that answers as a test says. */
const app = (answers?: Testing.Answers) => Layer.provideMerge(Thumbnails.layer, Testing.layer(answers))

it.effect("a thumbnail is a picture of the title", () =>
  Effect.gen(function* () {
    const thumbnails = yield* Thumbnails
    const image = yield* thumbnails.draw("Paper Boats")
    expect(image).toBe(Testing.image)
    expect(yield* Testing.requests).toEqual([
      { model: "openai/gpt-image-1-mini", prompt: 'a poster for "Paper Boats"' }
    ])
  }).pipe(Effect.provide(app()))
)

it.effect("a title that moderation refuses has none", () =>
  Effect.gen(function* () {
    const thumbnails = yield* Thumbnails
    const error = yield* Effect.flip(thumbnails.draw("Paper Boats"))
    expect(error).toMatchObject({ _tag: "NoThumbnail", reason: "flagged" })
  }).pipe(Effect.provide(app({ generate: Testing.error("ForbiddenResponseError", { message: "flagged" }) })))
)

it.effect("a busy server is asked again a minute later", () => {
  const busy = Testing.error("TooManyRequestsResponseError")
  return Effect.gen(function* () {
    const thumbnails = yield* Thumbnails
    const drawing = yield* Effect.fork(thumbnails.draw("Paper Boats"))
    yield* TestClock.adjust("59 seconds")
    expect(yield* Testing.calls).toMatchObject([{ operation: "generate", outcome: "failed" }])
    yield* TestClock.adjust("1 second")
    expect(yield* Fiber.join(drawing)).toBe(Testing.svg)
    expect(yield* Testing.calls).toMatchObject([{ outcome: "failed" }, { outcome: "succeeded" }])
  }).pipe(Effect.provide(app({ generate: [busy, Testing.response({ data: [Testing.svg] })] })))
})

it.effect("whoever watches sees previews, and why there is no more", () =>
  Effect.gen(function* () {
    const thumbnails = yield* Thumbnails
    const whole = yield* Stream.runCollect(thumbnails.watch("Paper Boats"))
    expect([...whole]).toEqual([Testing.image, Testing.svg])
    const cut = yield* Stream.runCollect(Stream.either(thumbnails.watch("Paper Boats")))
    expect([...cut].map(Either.merge)).toMatchObject([Testing.image, { _tag: "ImageStreamError" }])
  }).pipe(
    Effect.provide(
      app({
        generateStream: [
          [Testing.partialImage(0), Testing.completed({ image: Testing.svg })],
          [Testing.partialImage(0), Testing.error("ImageStreamError")]
        ]
      })
    )
  )
)

it.effect("whoever closes the page ends the generation", () =>
  Effect.gen(function* () {
    const thumbnails = yield* Thumbnails
    const drawing = yield* Effect.fork(thumbnails.draw("Paper Boats"))
    yield* TestClock.adjust("1 second")
    expect(yield* Testing.calls).toMatchObject([{ outcome: "pending" }])
    yield* Fiber.interrupt(drawing)
    expect(yield* Testing.calls).toMatchObject([{ outcome: "interrupted" }])
  }).pipe(Effect.provide(app({ generate: Effect.never })))
)
