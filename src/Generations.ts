/**
 * What a generation really cost, asked afterwards. OpenRouter keeps a record of each, which appears some minutes later.
 * So a failure whose `billing` is `unknown` need not stay so, as long as the head of its answer had arrived: the head
 * names the generation.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { OpenRouterClient, type RequestOptions } from "./Client.js"
import type { GetGenerationError, OpenRouterError } from "./Errors.js"
import { getGenerationErrors } from "./internal/attempt/responseError.js"
import { generationIdOf } from "./internal/generations/generationIdOf.js"
import { readRecord } from "./internal/generations/readRecord.js"
import { untilRecorded } from "./internal/generations/schedule.js"
import { bestEffort } from "./internal/layer/bestEffort.js"
import { generationPath } from "./internal/request/generationPath.js"
import { orInvalidRequest } from "./internal/request/orInvalidRequest.js"
import { Dollars } from "./internal/schema/dollars.js"
import { present } from "./internal/schema/present.js"
import { withSpan } from "./internal/telemetry/span.js"
import * as Retry from "./Retry.js"
import { Generation } from "./Schema/Generation.js"
import { totalCostUsd } from "./Schema/ImageGenerationUsage.js"

export {
  /**
   * The record of a generation: what it cost, who made it, and how it ended.
   *
   * @since 0.1.0
   * @category models
   */
  Generation
} from "./Schema/Generation.js"

/**
 * The record says what the generation cost.
 *
 * @since 0.1.0
 * @category models
 */
export class Billed extends Schema.TaggedClass<Billed>()("Billed", {
  /** What you paid in total, in US dollars. Above zero. */
  costUsd: Dollars,
  generation: Generation
}) {}

/**
 * The record says that the generation cost nothing.
 *
 * @since 0.1.0
 * @category models
 */
export class NotBilled extends Schema.TaggedClass<NotBilled>()("NotBilled", { generation: Generation }) {}

/**
 * No record appeared, or none that says a cost. That proves nothing: some appear only within an hour, and of some
 * failures none may ever do.
 *
 * @since 0.1.0
 * @category models
 */
export class NoRecord extends Schema.TaggedClass<NoRecord>()("NoRecord", {
  /** How often `settle` asked. */
  asked: Schema.Int,
  waited: Schema.DurationFromMillis
}) {}

/**
 * What was found out about a generation.
 *
 * @since 0.1.0
 * @category models
 */
export const Settlement = Schema.Union(Billed, NotBilled, NoRecord)
export type Settlement = typeof Settlement.Type

/**
 * The progress of `settle`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ask {
  readonly generationId: string
  /** The number of this question, from 1. */
  readonly count: number
  /** The time since `settle` began. */
  readonly waited: Duration.Duration
}

/**
 * Options of `settle`. Those of a request hold for each question.
 *
 * @since 0.1.0
 * @category models
 */
export interface SettleOptions extends RequestOptions {
  /**
   * When to ask: each of its delays is the wait before a question, the first one included. Default: after 20 s, then
   * with growing pauses of at most 2 minutes, 9 times within 12 minutes and a half.
   */
  readonly schedule?: Schedule.Schedule<unknown> | undefined
  /** Runs before each question, and may delay it. If it dies, a warning is logged and `settle` goes on. */
  readonly onAsk?: ((ask: Ask) => Effect.Effect<void>) | undefined
}

/**
 * The record of a generation. It costs nothing, and is retried like discovery: transient failures for up to 15 minutes
 * (`Retry.eager`), an attempt may take 30 seconds. White space around the id is removed.
 *
 * Records are late: at first, and for some generations forever, this fails with NotFoundResponseError, which proves
 * nothing. `settle` waits for the record.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Generations } from "effect-openrouter-images"
 *
 * const report = Effect.gen(function* () {
 *   const generation = yield* Generations.get("gen-img-1790983552-TOdyb7qrp6185EBMwzAV")
 *   yield* Console.log(generation.model, Generations.costUsd(generation), generation.createdAt)
 * }).pipe(Effect.catchTag("NotFoundResponseError", () => Console.log("no record yet")))
 * ```
 */
export const get = (
  id: string,
  options?: RequestOptions
): Effect.Effect<Generation, GetGenerationError, OpenRouterClient> =>
  Effect.flatMap(OpenRouterClient, (client) =>
    Effect.flatMap(orInvalidRequest("getGeneration", generationPath(id)), (path) =>
      client.execute(
        {
          operation: "getGeneration",
          method: "GET",
          accept: "application/json",
          path,
          errors: getGenerationErrors,
          decode: readRecord(id.trim()),
          timeout: Duration.seconds(30),
          retry: Retry.eager
        },
        options
      )
    )
  ).pipe(withSpan("Generations.get"))

/**
 * What a generation cost you in total, in US dollars: `totalCostUsd`, and with your own provider key also what the
 * provider charges. `undefined` where the record does not say, or says something that is no amount.
 *
 * @since 0.1.0
 * @category costs
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Generations } from "effect-openrouter-images"
 *
 * const cost = Effect.map(Generations.get("gen-img-1790983552-TOdyb7qrp6185EBMwzAV"), Generations.costUsd)
 * ```
 */
export const costUsd = (generation: Generation): number | undefined => {
  const { additionalProperties = {}, isByok, totalCostUsd: total, upstreamInferenceCostUsd, usageUsd } = generation
  // What was sent and could not be read may have been a cost.
  const isUnreadable = ["total_cost", "is_byok", "upstream_inference_cost"].some((name) => name in additionalProperties)
  const cost = total ?? usageUsd
  if (isUnreadable || cost === undefined) return undefined
  return totalCostUsd({
    cost,
    isByok,
    costDetails: present({ upstreamInferenceCost: upstreamInferenceCostUsd })
  })
}

/**
 * Whether a generation was made by the emulator of this library, by the mark in its id. What such a generation cost was
 * never paid.
 *
 * @since 0.1.0
 * @category costs
 * @example
 * ```ts
 * import { Generations } from "effect-openrouter-images"
 *
 * const drawn = Generations.isEmulated("gen-img-1795599400-emulatedIj9kLm2nOp5q") // true
 * ```
 */
export const isEmulated = (generationId: string): boolean => /^gen-img-\d+-emulated/.test(generationId)

/** There is no record that says a cost: none at all, or the question failed in a way that passes. */
class Unsettled extends Data.TaggedError("Unsettled")<{ readonly error?: GetGenerationError }> {}

/** A record of another generation proves nothing. */
const settlementOf = (id: string, generation: Generation): Effect.Effect<Settlement, Unsettled> => {
  const cost = generation.id === id ? costUsd(generation) : undefined
  if (cost === undefined) return Effect.fail(new Unsettled({}))
  return Effect.succeed(cost > 0 ? new Billed({ costUsd: cost, generation }) : new NotBilled({ generation }))
}

/** Whether the API may answer a later question: it did not fail for good, or it did not answer this one itself. */
const mayPass = (error: GetGenerationError): boolean =>
  Retry.whenTransient(error) ||
  error._tag === "ResponseValidationError" ||
  ("answeredBy" in error && error.answeredBy === "intermediary")

const unsettledBy = (error: GetGenerationError): GetGenerationError | Unsettled => {
  if (error._tag === "NotFoundResponseError") return new Unsettled({})
  return mayPass(error) ? new Unsettled({ error }) : error
}

/**
 * Finds out what a generation cost: asks for its record until there is one, or until the schedule ends. Give it the id,
 * or any error of this library. An error without an id fails with InvalidRequestError, which says why there is none.
 *
 * A record is proof. The lack of one is not, so the result is then NoRecord, never NotBilled. To ask costs nothing.
 * Interrupt it at any time and ask again later: nothing is lost.
 *
 * A question that fails in a way that may pass (a broken connection, a 5xx, a page of a proxy) is asked again by the
 * schedule, and not in between unless you pass `retry`. If the last one fails so, `settle` fails with its error. Any other
 * failure, such as a wrong key, ends `settle` at once.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Errors, Generations, Images } from "effect-openrouter-images"
 *
 * const whatItCost = (error: Errors.GenerateError) =>
 *   Effect.gen(function* () {
 *     const settlement = yield* Generations.settle(error, { onAsk: ({ count }) => Console.log(`asking, ${count}`) })
 *     switch (settlement._tag) {
 *       case "Billed":
 *         return yield* Console.log(`it cost $${settlement.costUsd}`)
 *       case "NotBilled":
 *         return yield* Console.log("it cost nothing: you can safely send it again")
 *       case "NoRecord":
 *         return yield* Console.log(`still unknown after ${settlement.asked} questions`)
 *     }
 *   })
 *
 * const program = Images.generate({ model: "bytedance-seed/seedream-4.5", prompt: "a red panda" }).pipe(
 *   Effect.tapError((error) => (error.billing === "unknown" ? whatItCost(error) : Effect.void))
 * )
 * ```
 */
export const settle = (
  source: string | OpenRouterError,
  { onAsk, schedule = untilRecorded, ...options }: SettleOptions = {}
): Effect.Effect<Settlement, GetGenerationError, OpenRouterClient> =>
  Effect.gen(function* () {
    const asked = yield* orInvalidRequest(
      "getGeneration",
      typeof source === "string" ? Either.right(source) : generationIdOf(source)
    )
    yield* orInvalidRequest("getGeneration", generationPath(asked))
    const generationId = asked.trim()
    const start = yield* Clock.currentTimeMillis
    const waited = Effect.map(Clock.currentTimeMillis, (now) => Duration.millis(now - start))
    let count = 0
    const ask = Effect.gen(function* () {
      count += 1
      const now = { generationId, count, waited: yield* waited }
      if (onAsk !== undefined) yield* bestEffort("The hook onAsk is broken", () => onAsk(now))
      const generation = yield* Effect.mapError(
        get(generationId, { retry: Retry.none, ...present(options) }),
        unsettledBy
      )
      return yield* settlementOf(generationId, generation)
    })
    // The schedule's first delay comes before the first question, so what it retries first sends nothing.
    let begun = false
    const attempt = Effect.suspend(() => {
      if (begun) return ask
      begun = true
      return Effect.fail(new Unsettled({}))
    })
    return yield* Effect.retry(attempt, { schedule, while: Predicate.isTagged("Unsettled") }).pipe(
      Effect.catchTag("Unsettled", ({ error }) =>
        error === undefined
          ? Effect.map(waited, (time) => new NoRecord({ asked: count, waited: time }))
          : Effect.fail(error)
      )
    )
  }).pipe(withSpan("Generations.settle"))
