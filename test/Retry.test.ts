import { describe, expect, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { constTrue } from "effect/Function"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { type Client, Errors, Images, Retry } from "effect-openrouter-images"
import { type Program, run, seconds, steadyAt } from "./support/attempts.js"
import { interruptedExit } from "./support/fibers.js"
import {
  type Answer,
  broken,
  inFlight,
  json,
  page,
  picture,
  refusal,
  type Script,
  scripted
} from "./support/memoryHttp.js"
import { whileFailure } from "./support/schedules.js"

const request = { model: "author/slug", prompt: "a red panda" }
const generate = (options?: Client.RequestOptions): Program => Images.generate(request, options)
const generateStream = (options?: Client.RequestOptions): Program =>
  Stream.runDrain(Images.generateStream(request, options))
const listModels = (options?: Client.RequestOptions): Program => Images.listModels(options)

const attempts = (program: Program, script: Script, options?: Client.ClientOptions) =>
  Effect.map(run(program, script, options), ({ at }) => at.length)

/** The default delays without jitter. */
const steady = Retry.make({ jitter: false })

/** Attempts that take this long. */
const slow = (duration: Duration.DurationInput, answer: Answer): Answer => Effect.delay(answer, duration)

const hung: Answer = Effect.never

describe.each([
  ["generate", generate],
  ["generateStream", generateStream]
] as const)("the default of %s", (_, generate) => {
  const cases: ReadonlyArray<readonly [what: string, answer: Script[number], expected: 1 | 5]> = [
    ...[400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 501, 504, 505, 520, 522, 524, 599].map(
      (status) => [`${status} from OpenRouter`, refusal(status), 1] as const
    ),
    ...[429, 500, 502, 503, 529].map((status) => [`${status} from OpenRouter`, refusal(status), 5] as const),
    ...[400, 404, 408, 500, 502, 503, 504, 520, 524, 529].map(
      (status) => [`${status} from a box in between`, page(status), 1] as const
    ),
    ["429 from a box in between", page(429), 5],
    ["502 with an error that has no message", json(502, { error: { code: 502 } }), 1],
    ["502 with an error that is no object", json(502, { error: "bad gateway" }), 1],
    ["502 with an envelope without a code", json(502, { error: { message: "failed" } }), 1],
    [
      "502 with an envelope that names a provider",
      json(502, { error: { message: "no", metadata: { provider_name: "A" } } }),
      5
    ],
    ["402 for calls under way", inFlight(), 5],
    ["402 for a call too expensive by itself", inFlight("weight_exceeds_budget"), 1],
    ["502 with an empty body", Effect.sync(() => new Response(null, { status: 502 })), 1],
    ...[429, 502].map((code) => [`200 with the error ${code}`, refusal(200, {}, code), 5] as const),
    ["200 with an error whose code is a text", refusal(200, {}, "503"), 1],
    ...[400, 402, 504, "server_error"].map(
      (code) => [`200 with the error ${code}`, refusal(200, {}, code), 1] as const
    ),
    ["200 that is not what the API documents", json(200, { created: 1 }), 1],
    ["a connection that was refused", broken("ECONNREFUSED"), 5],
    ["a name that was not found", broken("ENOTFOUND"), 5],
    ["a connection that was reset", broken("ECONNRESET"), 1],
    ["an answer that does not come", hung, 1]
  ]

  it.effect.each(cases)("after %s", ([, answer, expected]) =>
    Effect.map(attempts(generate(), [answer]), (count) => expect(count).toBe(expected))
  )

  it.effect("gives back the picture of the first attempt that succeeds", () =>
    Effect.map(run(generate(), [refusal(429), refusal(502), picture]), ({ at, ok }) => {
      expect(ok).toBe(true)
      expect(at).toHaveLength(3)
    })
  )

  it.effect("ends with the last failure", () =>
    Effect.map(run(generate(), [refusal(429), refusal(502), refusal(402)]), ({ at, exit }) => {
      expect(at).toHaveLength(3)
      expect(Exit.isFailure(exit) && exit.cause.toString()).toContain("PaymentRequiredResponseError")
    })
  )

  it.effect("waits half a second, then half as long again each time, within 20 % of jitter", () =>
    Effect.map(run(generate(), [refusal(429)]), ({ at }) => {
      const delays = at.slice(1).map((moment, i) => moment - (at[i] ?? 0))
      expect(delays).toHaveLength(4)
      for (const [i, delay] of delays.entries()) {
        expect(delay).toBeGreaterThanOrEqual(0.8 * 500 * 1.5 ** i - 1)
        expect(delay).toBeLessThanOrEqual(1.2 * 500 * 1.5 ** i + 1)
      }
    })
  )
})

describe("the default of discovery", () => {
  const cases: ReadonlyArray<readonly [what: string, answer: Script[number], expected: 1 | 5]> = [
    ...[408, 429, 500, 502, 503, 504, 520, 521, 524, 529].map((status) => [`${status}`, page(status), 5] as const),
    ...[400, 401, 402, 403, 404, 413, 418, 501, 505, 530].map((status) => [`${status}`, refusal(status), 1] as const),
    ["a connection that was refused", broken("ECONNREFUSED"), 5],
    ["a connection that was reset", broken("ECONNRESET"), 5],
    ["an answer that does not come", hung, 5],
    ["200 that is not what the API documents", json(200, {}), 1]
  ]

  it.effect.each(cases)("after %s", ([, answer, expected]) =>
    Effect.map(attempts(listModels(), [answer]), (count) => expect(count).toBe(expected))
  )

  it.effect("is the same for the endpoints of a model", () =>
    Effect.map(attempts(Images.listModelEndpoints("a/b"), [broken("ECONNRESET")]), (count) => expect(count).toBe(5))
  )

  it.effect("ends within 15 minutes of the first attempt", () =>
    Effect.map(run(listModels({ timeout: "6 minutes" }), [hung]), ({ at }) => expect(at).toHaveLength(3))
  )
})

describe("Retry.make", () => {
  const always = [refusal(429)]

  it.effect("has delays without jitter", () =>
    Effect.map(run(generate({ retry: steady }), always), ({ at }) => expect(at).toEqual(steadyAt))
  )

  it.effect("takes each of its options", () =>
    Effect.gen(function* () {
      const retry = Retry.make({
        jitter: false,
        initialInterval: "2 seconds",
        exponent: 3,
        maxInterval: "10 seconds",
        maxRetries: 5
      })
      const { at } = yield* run(generate({ retry }), always)
      expect(at).toEqual(seconds(0, 2, 8, 18, 28, 38))
    })
  )

  it.each([
    [{ maxRetries: 1.5 }, "maxRetries must be a whole number of at least 0, got 1.5"],
    [{ maxRetries: -1 }, "maxRetries must be a whole number of at least 0, got -1"],
    [{ maxRetries: Number.NaN }, "maxRetries must be a whole number of at least 0, got NaN"],
    [{ exponent: 0 }, "exponent must be a number above 0, got 0"],
    [{ exponent: Number.NaN }, "exponent must be a number above 0, got NaN"],
    [{ initialInterval: -1 }, 'initialInterval must be a duration such as "30 seconds", got -1'],
    [{ maxInterval: Number.NaN }, 'maxInterval must be a duration such as "30 seconds", got NaN'],
    [{ maxElapsedTime: "-1 minute" }, 'maxElapsedTime must be a duration such as "30 seconds", got "-1 minute"'],
    [{ maxRetryAfter: "-1 seconds" }, 'maxRetryAfter must be a duration such as "30 seconds", got "-1 seconds"'],
    [{ exponent: -1, maxRetries: 2.5 }, "exponent must be a number above 0, got -1; maxRetries must be a whole number"]
  ] as const)("refuses %o", (options, said) => {
    expect(() => Retry.make(options as Parameters<typeof Retry.make>[0])).toThrow(`Retry.make: ${said}`)
  })

  it.effect("takes any number of retries", () =>
    Effect.gen(function* () {
      const retry = Retry.make({ jitter: false, maxRetries: Number.POSITIVE_INFINITY, maxElapsedTime: "10 seconds" })
      const { at } = yield* run(generate({ retry }), always)
      expect(at.length).toBeGreaterThan(5)
    })
  )

  it.effect("has jitter unless told otherwise: each delay is off by at most a fifth", () =>
    Effect.gen(function* () {
      const { at } = yield* run(generate({ retry: Retry.make() }), always)
      const delays = (moments: ReadonlyArray<number>) => moments.slice(1).map((moment, i) => moment - (moments[i] ?? 0))
      const ratios = delays(at).map((delay, i) => delay / (delays(steadyAt)[i] ?? Number.NaN))
      expect(at).toHaveLength(steadyAt.length)
      expect(at).not.toEqual(steadyAt)
      for (const ratio of ratios) {
        expect(ratio).toBeGreaterThan(0.79)
        expect(ratio).toBeLessThan(1.21)
      }
    })
  )

  it.effect("waits at most 60 seconds by itself, with jitter too", () =>
    Effect.gen(function* () {
      for (const jitter of [false, true]) {
        const retry = Retry.make({ jitter, initialInterval: "10 minutes", maxElapsedTime: "1 hour" })
        const { at } = yield* run(generate({ retry }), always)
        expect(at).toEqual(seconds(0, 60, 120, 180, 240))
      }
    })
  )

  it.effect("counts the time of the attempts themselves", () =>
    Effect.gen(function* () {
      const retry = Retry.make({ jitter: false, maxElapsedTime: "1 minute", maxRetries: 100, maxInterval: "1 second" })
      const { at } = yield* run(generate({ retry }), [slow("31 seconds", refusal(429))])
      expect(at).toEqual(seconds(0, 31.5))
    })
  )

  it.effect("are limited in time also where only the fields of a policy were handed on", () =>
    Effect.gen(function* () {
      const {
        maxRetryAfter,
        schedule,
        while: when
      } = Retry.make({
        jitter: false,
        initialInterval: "1 second",
        exponent: 1,
        maxRetries: 100,
        maxElapsedTime: "10 seconds"
      })
      const rebuilt = yield* run(generate({ retry: { schedule, while: when, maxRetryAfter } }), always)
      expect(rebuilt.at).toHaveLength(11)
      const composed = Schedule.intersect(schedule, Schedule.recurs(1000))
      const longer = yield* run(generate({ retry: { schedule: composed, while: when, maxRetryAfter } }), always)
      expect(longer.at).toHaveLength(11)
    })
  )

  it.effect("starts no attempt after the time is over, and one in its last moment", () =>
    Effect.gen(function* () {
      const retry = (maxElapsedTime: Duration.DurationInput) =>
        Retry.make({ jitter: false, initialInterval: "10 seconds", exponent: 1, maxElapsedTime })
      expect((yield* run(generate({ retry: retry("20 seconds") }), always)).at).toEqual(seconds(0, 10, 20))
      expect((yield* run(generate({ retry: retry("19999 millis") }), always)).at).toEqual(seconds(0, 10))
    })
  )

  it.effect("measures each call from its own first attempt", () =>
    Effect.gen(function* () {
      const { layer, received } = scripted(always, {
        retry: Retry.make({ jitter: false, maxElapsedTime: "2 seconds" })
      })
      const twice = Effect.exit(generate()).pipe(Effect.zipRight(Effect.sleep("1 hour")), Effect.repeat({ times: 1 }))
      const fiber = yield* Effect.fork(twice.pipe(Effect.provide(layer)))
      yield* TestClock.adjust("1 day")
      yield* Fiber.join(fiber)
      expect(received.map(({ at }) => (at % 3_600_000) - (at > 3_600_000 ? 1250 : 0))).toEqual([
        0, 500, 1250, 0, 500, 1250
      ])
    })
  )
})

describe("another policy", () => {
  const [refused, reset] = [broken("ECONNREFUSED"), broken("ECONNRESET")]

  it.effect("that is a bare Schedule means these delays, on the failures that cost nothing", () =>
    Effect.gen(function* () {
      const retry = Schedule.intersect(Schedule.spaced("10 seconds"), Schedule.recurs(2))
      expect((yield* run(generate({ retry }), [refusal(429)])).at).toEqual(seconds(0, 10, 20))
      expect((yield* run(generate({ retry }), [refused])).at).toEqual(seconds(0, 10, 20))
      for (const answer of [page(502), reset, refusal(400), hung]) {
        expect((yield* run(generate({ retry }), [answer])).at).toEqual([0])
      }
      expect((yield* run(listModels({ retry }), [reset])).at).toEqual(seconds(0, 10, 20))
    })
  )

  it.effect("that is a bare Schedule still heeds Retry-After, up to 60 seconds", () =>
    Effect.gen(function* () {
      const asking = (value: string) => [refusal(429, { "retry-after": value })]
      expect((yield* run(generate({ retry: Schedule.recurs(2) }), asking("60"))).at).toEqual(seconds(0, 60, 120))
      expect((yield* run(generate({ retry: Schedule.recurs(2) }), asking("61"))).at).toEqual([0])
    })
  )

  it.effect("may say itself which failures it is for", () =>
    Effect.gen(function* () {
      const always = { ...steady, while: constTrue }
      for (const answer of [refusal(400), refusal(402), page(524), reset, json(200, {})]) {
        expect((yield* run(generate({ retry: always }), [answer])).at).toEqual(steadyAt)
      }
      const only402 = Retry.make({ while: (error) => error._tag === "PaymentRequiredResponseError" })
      expect(yield* attempts(generate({ retry: only402 }), [refusal(402)])).toBe(5)
      expect(yield* attempts(generate({ retry: only402 }), [refusal(429)])).toBe(1)
    })
  )

  it.effect("never repeats a request that is not valid, whatever it says", () =>
    Effect.gen(function* () {
      const retry = { ...steady, while: constTrue }
      const invalid = Images.generate({ ...request, prompt: "" }, { retry })
      expect((yield* run(invalid, [picture])).at).toEqual([])
      const schedule = yield* Retry.toSchedule(retry)
      let runs = 0
      const failing = Effect.suspend(() => {
        runs++
        return Effect.fail(new Errors.InvalidRequestError({ operation: "generate", issues: [] }))
      })
      yield* Effect.flip(Effect.retry(failing, schedule))
      expect(runs).toBe(1)
    })
  )

  it.effect("Retry.none makes one attempt, whatever happens", () =>
    Effect.gen(function* () {
      for (const answer of [refusal(429), refusal(503, { "retry-after": "0" }), refused, reset, hung]) {
        expect(yield* attempts(generate({ retry: Retry.none }), [answer])).toBe(1)
        expect(yield* attempts(listModels({ retry: Retry.none }), [answer])).toBe(1)
      }
    })
  )

  it.effect("Retry.eager repeats also what may have been billed", () =>
    Effect.gen(function* () {
      for (const answer of [reset, refused, page(502), page(524), refusal(408), hung]) {
        expect(yield* attempts(generate({ retry: Retry.eager, timeout: "1 second" }), [answer])).toBe(5)
      }
      for (const answer of [refusal(402), page(501), json(200, {})]) {
        expect(yield* attempts(generate({ retry: Retry.eager }), [answer])).toBe(1)
      }
    })
  )

  it.effect("of a call wins over the client's, which wins over the operation's", () =>
    Effect.gen(function* () {
      expect(yield* attempts(generate(), [refusal(429)], { retry: Retry.none })).toBe(1)
      expect(yield* attempts(listModels(), [reset], { retry: Retry.none })).toBe(1)
      expect(yield* attempts(generate({ retry: steady }), [refusal(429)], { retry: Retry.none })).toBe(5)
      expect(yield* attempts(generate({ retry: Retry.none }), [refusal(429)], { retry: steady })).toBe(1)
      expect(yield* attempts(generate({ retry: Schedule.recurs(1) }), [refusal(429)], { retry: steady })).toBe(2)
      expect(yield* attempts(generate({ retry: undefined }), [refusal(429)], { retry: Schedule.recurs(1) })).toBe(2)
    })
  )

  it.effect("is made of Schedules, and so with their combinators", () =>
    Effect.gen(function* () {
      const delays = Schedule.exponential("1 second")
      const once = (delay: Duration.DurationInput) => Schedule.intersect(Schedule.spaced(delay), Schedule.recurs(1))
      const cases: ReadonlyArray<readonly [Schedule.Schedule<unknown, Errors.OpenRouterError>, ReadonlyArray<number>]> =
        [
          [Schedule.intersect(steady.schedule, Schedule.recurs(2)), [0, 500, 1250]],
          [delays.pipe(Schedule.upTo("5 seconds")), seconds(0, 1, 3, 7)],
          [
            Schedule.intersect(Schedule.union(delays, Schedule.spaced("3 seconds")), Schedule.recurs(4)),
            seconds(0, 1, 3, 6, 9)
          ],
          [Schedule.recurs(2).pipe(Schedule.andThen(steady.schedule)), [0, 0, 0, ...steadyAt.slice(1)]],
          [
            Schedule.intersect(
              delays,
              whileFailure(({ operation }: Errors.OpenRouterError) => operation === "listModels")
            ),
            [0]
          ],
          [Schedule.andThen(once("1 second"), once("5 seconds")), seconds(0, 1, 6)]
        ]
      for (const [schedule, expected] of cases) {
        expect((yield* run(generate({ retry: schedule }), [refusal(429)])).at).toEqual(expected)
        expect((yield* run(generate({ retry: { ...steady, schedule } }), [refusal(429)])).at).toEqual(expected)
      }
    })
  )

  it.effect("repeats several calls as one unit of work", () =>
    Effect.gen(function* () {
      const both = Effect.all([
        Images.listModels({ retry: Retry.none }),
        Images.generate(request, { retry: Retry.none })
      ])
      const schedule = yield* Retry.toSchedule(steady)
      const { at, ok } = yield* run(Effect.retry(both, schedule), [
        json(200, { data: [] }),
        refusal(429),
        json(200, { data: [] }),
        picture
      ])
      expect(ok).toBe(true)
      expect(at).toEqual([0, 0, 500, 500])
    })
  )
})

describe("interruption", () => {
  it.effect("during the wait ends the retrying", () =>
    Effect.gen(function* () {
      const { layer, received } = scripted([refusal(429)])
      const fiber = yield* Effect.fork(generate({ retry: steady }).pipe(Effect.provide(layer)))
      yield* TestClock.adjust("600 millis")
      expect(received).toHaveLength(2)
      expect(Exit.isInterrupted(yield* interruptedExit(fiber))).toBe(true)
      yield* TestClock.adjust("1 day")
      expect(received).toHaveLength(2)
    })
  )

  it.effect("during an attempt interrupts the request and starts no other", () =>
    Effect.gen(function* () {
      let interrupted = 0
      const { layer, received } = scripted([Effect.onInterrupt(hung, () => Effect.sync(() => interrupted++))])
      const fiber = yield* Effect.fork(generate({ retry: Retry.eager }).pipe(Effect.provide(layer)))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 day")
      expect([received.length, interrupted]).toEqual([1, 1])
    })
  )
})
