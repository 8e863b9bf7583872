// A test of an app that makes pictures, without a network: `Testing` stands in for `Images`, and time is TestClock's.
import { expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Images } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"

/** The app: a poster, which it asks for once more after a minute when they are busy. */
const poster = (title: string) =>
  Images.generate({ model: "krea/krea-2", prompt: `a poster for "${title}"` }).pipe(
    Effect.catchTag("TooManyRequestsResponseError", () =>
      Effect.delay(Images.generate({ model: "krea/krea-2", prompt: `a poster for "${title}"` }), "1 minute")
    ),
    Effect.map(({ data }) => data[0])
  )

const busyOnce = Testing.layer({
  generate: [Testing.error("TooManyRequestsResponseError"), Testing.response({ data: [Testing.svg] })]
})

it.effect("a poster is asked for again when they are busy", () =>
  Effect.gen(function* () {
    const drawing = yield* Effect.forkChild(poster("Paper Boats"))
    yield* TestClock.adjust("1 minute")
    expect(yield* Fiber.join(drawing)).toBe(Testing.svg)
    expect(yield* Testing.calls).toMatchObject([{ outcome: "failed" }, { outcome: "succeeded" }])
  }).pipe(Effect.provide(busyOnce))
)
