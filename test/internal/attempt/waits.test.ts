import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type Client, Errors, Images, Retry } from "effect-openrouter-images"
import { run, seconds, steadyAt } from "../../support/attempts.js"
import { json, refusal, scripted } from "../../support/memoryHttp.js"

const generate = (options?: Client.RequestOptions) =>
  Images.generate({ model: "author/slug", prompt: "a panda" }, options)

const asking = (value: string, status = 429) => [refusal(status, { "retry-after": value })]

describe("Retry-After", () => {
  const safe = (options: Parameters<typeof Retry.make>[0] = {}) =>
    generate({ retry: Retry.make({ jitter: false, ...options }) })

  it.effect.each([
    ["a longer wait", "7", seconds(0, 7, 14, 21, 28)],
    ["a shorter wait", "1", [0, 1000, 2000, 3125, 4812.5]],
    ["zero", "0", steadyAt],
    ["the longest wait that is accepted", "60", seconds(0, 60, 120, 180, 240)],
    ["a date to come", "Thu, 01 Jan 1970 00:00:09 GMT", [0, 9000, 9750, 10875, 12562.5]],
    ["a date in the format of RFC 850", "Thursday, 01-Jan-70 00:00:09 GMT", [0, 9000, 9750, 10875, 12562.5]],
    ["a date in the format of asctime", "Thu Jan  1 00:00:09 1970", [0, 9000, 9750, 10875, 12562.5]],
    ["a date gone by", "Wed, 31 Dec 1969 23:59:59 GMT", steadyAt],
    ["a negative number", "-5", steadyAt],
    ["nonsense", "soon", steadyAt],
    ["nothing", "", steadyAt]
  ] as const)("of %s is a floor under the delay", ([, value, expected]) =>
    Effect.map(run(safe(), asking(value)), ({ at }) => expect(at).toEqual(expected))
  )

  it.effect.each(["61", "86400", "99999999999999999999", "Fri, 02 Jan 1970 00:00:00 GMT"])(
    "of %s is longer than is accepted and ends the retrying at once, with that error",
    (value) =>
      Effect.map(run(safe(), asking(value)), ({ at, exit }) => {
        expect(at).toEqual([0])
        expect(Exit.isFailure(exit) && exit.cause.toString()).toContain("TooManyRequestsResponseError")
      })
  )

  it.effect("is heeded on a 503, and on discovery", () =>
    Effect.gen(function* () {
      expect((yield* run(safe({ maxRetries: 1 }), asking("7", 503))).at).toEqual(seconds(0, 7))
      expect((yield* run(Images.listModels(), asking("50", 503))).at).toEqual(seconds(0, 50, 100, 150, 200))
    })
  )

  it.effect("within the body's availability is heeded too, where there is no header", () =>
    Effect.gen(function* () {
      const body = { error: { code: 503, message: "no provider", availability: { retry_after: 7 } } }
      const policy = { maxRetries: 1 }
      expect((yield* run(safe(policy), [json(503, body)])).at).toEqual(seconds(0, 7))
      expect((yield* run(safe(policy), [json(503, body, { "retry-after": "3" })])).at).toEqual(seconds(0, 3))
      const text = { error: { code: 503, message: "no provider", availability: { retry_after: "7" } } }
      expect((yield* run(safe(policy), [json(503, text)])).at).toEqual(seconds(0, 7))
    })
  )

  it.effect("is accepted as far as the policy says", () =>
    Effect.gen(function* () {
      const retry = { maxRetryAfter: "2 hours", maxElapsedTime: "1 day", maxRetries: 1 } as const
      expect((yield* run(safe(retry), asking("7200"))).at).toEqual(seconds(0, 7200))
      expect((yield* run(safe({ ...retry, maxRetryAfter: 0 }), asking("1"))).at).toEqual([0])
    })
  )

  it.effect("that would pass the end of the time ends the retrying", () =>
    Effect.map(run(safe({ maxElapsedTime: "30 seconds" }), asking("20")), ({ at }) =>
      expect(at).toEqual(seconds(0, 20))
    )
  )

  const retryAfterOf = (value: string) =>
    Effect.gen(function* () {
      const { layer } = scripted(asking(value))
      const error = yield* Effect.flip(generate({ retry: Retry.none })).pipe(Effect.provide(layer))
      if (!(error instanceof Errors.TooManyRequestsResponseError)) return yield* Effect.dieMessage(error._tag)
      return error.retryAfter
    })

  it.effect.each([
    ["0", 0],
    ["2.5", 2500],
    [" 7 ", 7000],
    ["Thu, 01 Jan 1970 00:00:09 GMT", 9000],
    ["Wed, 31 Dec 1969 23:59:59 GMT", 0]
  ] as const)("of %j is on the error as a Duration", ([value, millis]) =>
    Effect.map(retryAfterOf(value), (retryAfter) => expect(retryAfter && Duration.toMillis(retryAfter)).toBe(millis))
  )

  it.effect.each(["-5", "soon", "", "1e3", "Thu, 99 Jan 1970 99:99:99 GMT", "7, 8", "NaN"])(
    "of %j is nonsense and absent from the error",
    (value) => Effect.map(retryAfterOf(value), (retryAfter) => expect(retryAfter).toBeUndefined())
  )
})
