import { describe, expect, it } from "@effect/vitest"
import { Clock, Duration, Effect } from "effect"
import { Errors, type Images } from "effect-openrouter-images"
import { JobErrors, Jobs } from "effect-openrouter-images-jobs"
import { doorOf } from "../../../src/internal/job/door.js"
import { finished, itemsOf, ledger, letPass, prompts, timed, until, working } from "../../support/working.js"

const gone = new Errors.ConnectionError({
  operation: "generate",
  billing: "notBilled",
  phase: "connect",
  description: "connect ECONNREFUSED"
})
const cut = new Errors.ConnectionError({
  operation: "generate",
  billing: "unknown",
  phase: "response",
  description: "reset"
})

const answered = (
  status: number,
  metadata: Record<string, unknown> = {},
  limitSource?: string
): Errors.GenerateError => {
  const fields = {
    operation: "generate",
    status,
    httpStatus: status,
    message: `refused with ${status}`,
    billing: "notBilled",
    answeredBy: "openrouter",
    headers: {},
    metadata,
    body: "",
    ...(limitSource === undefined ? {} : { limitSource })
  } as const
  switch (status) {
    case 401:
      return new Errors.UnauthorizedResponseError(fields)
    case 402:
      return new Errors.PaymentRequiredResponseError(fields)
    case 403:
      return new Errors.ForbiddenResponseError(fields)
    case 404:
      return new Errors.NotFoundResponseError(fields)
    case 429:
      return new Errors.TooManyRequestsResponseError(fields)
    case 500:
      return new Errors.InternalServerResponseError(fields)
    default:
      return new Errors.OpenRouterDefaultError(fields)
  }
}

const failed = (error: JobErrors.ItemError) => doorOf({ _tag: "Failed", error, pictures: [] })

describe("what an outcome says about the door", () => {
  it.each<[what: string, error: JobErrors.ItemError, door: string]>([
    ["nobody is there", gone, "closed"],
    ["an answer that is cut", cut, "trouble"],
    ["401", answered(401), "closed"],
    ["402", answered(402), "closed"],
    ["402 for calls in flight", answered(402, {}, "openrouter_in_flight_budget"), "unsaid"],
    [
      "402 of a call too expensive even alone",
      answered(402, { reason: "weight_exceeds_budget" }, "openrouter_in_flight_budget"),
      "unsaid"
    ],
    ["403 of a key's limit", answered(403, {}, "openrouter_key_limit"), "closed"],
    ["403 of a workspace's budget", answered(403, {}, "openrouter_workspace_budget"), "closed"],
    ["403 of the moderation", answered(403), "open"],
    ["404", answered(404), "open"],
    ["429", answered(429), "unsaid"],
    ["500", answered(500), "trouble"],
    ["503", answered(503), "trouble"],
    ["504", answered(504), "trouble"],
    [
      "an attempt that nobody heard of",
      new JobErrors.OutcomeUnknownError({ item: "a", attempt: 1, begunAt: 0 }),
      "unsaid"
    ],
    ["a picture that no store took", new JobErrors.PictureLostError({ description: "full" }), "unsaid"],
    ["a job that was cancelled", new JobErrors.CancelledError({ job: "a" }), "unsaid"]
  ])("%s", (_, error, door) => {
    expect(failed(error)).toBe(door)
  })

  it("a picture opens it", () => {
    expect(doorOf({ _tag: "Made", generation: { pictures: [], created: 1 } })).toBe("open")
  })
})

/** `Images` that fails like this for a time, or where this says so. */
const failing = (isOut: (now: number, prompt: string) => boolean, error: Errors.GenerateError) => {
  const { images, sent } = timed()
  return {
    sent,
    images: (service: Images.Service): Images.Service => ({
      ...service,
      generate: (request, options) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const broken: Images.Service = { ...service, generate: () => Effect.fail(error) }
          return images(isOut(now, request.prompt) ? broken : service).generate(request, options)
        })
    })
  }
}

describe("an outage of a minute", () => {
  it.effect.each([
    ["of the server", gone],
    ["of the balance", answered(402)],
    ["of the key", answered(401)],
    ["of the key's budget", answered(403, {}, "openrouter_key_limit")],
    ["of the provider", answered(500)]
  ] as const)("%s costs no item, and soon afterwards all go on", ([, error]) => {
    const { images, sent } = failing((now) => now >= 2_000 && now < 62_000, error)
    return Effect.gen(function* () {
      yield* Effect.sleep(0)
      yield* letPass("2 seconds", "500 millis")
      yield* Jobs.submit(prompts(30), { job: "outage" })
      const paused = yield* until("outage", (status) => status.paused !== undefined)
      expect(paused.paused).toMatchObject({ by: "outage", reason: `${error._tag}: ${error.message}` })
      expect(paused.finished).toBe(false)
      expect(yield* finished("outage")).toMatchObject({ done: 30, failed: 0, paused: undefined })
      const during = sent.filter((at) => at < 62_000)
      const first = sent.find((at) => at >= 62_000) ?? Number.NaN
      // The eight under way, with a retry or two for what is only trouble, and a look now and then
      expect(during.length).toBeLessThan(8 * 3)
      expect(first).toBeLessThan(62_000 + 31_000)
      expect(yield* ledger).toHaveLength(30)
    }).pipe(Effect.provide(working({}, { images })))
  })

  it.effect("holds up no other job that has not met it", () => {
    const { images } = failing((now, prompt) => prompt.startsWith("picture 1") && now < 60_000, gone)
    return Effect.gen(function* () {
      yield* Jobs.submit(prompts(1), { job: "out" })
      yield* until("out", (status) => status.paused !== undefined)
      yield* Jobs.submit(prompts(9).slice(1), { job: "in" })
      yield* finished("in")
      expect(yield* Clock.currentTimeMillis).toBeLessThan(10_000)
      expect(yield* finished("out")).toMatchObject({ done: 1 })
    }).pipe(Effect.provide(working({}, { images })))
  })
})

describe("an item that the API turns away alone", () => {
  it.effect.each([
    ["refused", answered(402)],
    ["failed at", answered(500)]
  ] as const)("is %s for good in the end, and all others are made", ([, error]) => {
    const { images } = failing((_, prompt) => prompt === "picture 3", error)
    return Effect.gen(function* () {
      yield* Jobs.submit(prompts(40), { job: "one" })
      expect(yield* finished("one")).toMatchObject({ done: 39, failed: 1, paused: undefined })
      const bad = (yield* itemsOf("one")).filter(({ state }) => state === "failed")
      expect(bad).toMatchObject([{ request: { prompt: "picture 3" }, billing: "notBilled" }])
      expect(yield* Clock.currentTimeMillis).toBeLessThan(Duration.toMillis("10 minutes"))
    }).pipe(Effect.provide(working({}, { images })))
  })

  it.effect("does not close the door where few fail", () => {
    const { images } = failing((_, prompt) => /[05]$/.test(prompt), answered(404))
    return Effect.gen(function* () {
      yield* Jobs.submit(prompts(40), { job: "few" })
      expect(yield* finished("few")).toMatchObject({ done: 32, failed: 8 })
    }).pipe(Effect.provide(working({}, { images })))
  })
})

describe("a job that somebody pauses", () => {
  it.effect("sends nothing more, says so, and goes on when it is resumed", () => {
    const { images, sent } = timed()
    return Effect.gen(function* () {
      yield* Jobs.submit(prompts(20), { job: "held" })
      yield* until("held", ({ done }) => done > 3)
      const progress = yield* Jobs.pause("held", { reason: "the prompts are being checked" })
      expect(progress.paused).toMatchObject({ by: "user", reason: "the prompts are being checked" })
      yield* letPass("10 seconds", "1 second")
      const before = sent.length
      expect(before).toBeLessThan(20)
      yield* letPass("2 minutes")
      expect(sent).toHaveLength(before)
      const still = yield* Jobs.status("held")
      expect(still).toMatchObject({ running: 0, finished: false, paused: { by: "user" } })
      expect((yield* Jobs.resume("held")).paused).toBeUndefined()
      expect(yield* finished("held")).toMatchObject({ done: 20, failed: 0 })
      expect(yield* ledger).toHaveLength(20)
    }).pipe(Effect.provide(working({ concurrency: 2 }, { images })))
  })

  it.effect("is not opened by an attempt that succeeds, and can be cancelled", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(20), { job: "held" })
      yield* until("held", ({ running }) => running > 0)
      yield* Jobs.pause("held")
      yield* letPass("20 seconds", "1 second")
      expect((yield* Jobs.status("held")).paused).toMatchObject({ by: "user", reason: "paused by hand" })
      expect(yield* Jobs.cancel("held")).toMatchObject({ waiting: 0, paused: undefined })
      expect(yield* finished("held")).toMatchObject({ finished: true })
    }).pipe(Effect.provide(working({ concurrency: 2 })))
  )

  it.effect("is not found where it is not there", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(Jobs.pause("none"))).toMatchObject({ _tag: "JobNotFoundError" })
      expect(yield* Effect.flip(Jobs.resume("none"))).toMatchObject({ _tag: "JobNotFoundError" })
    }).pipe(Effect.provide(working()))
  )
})
