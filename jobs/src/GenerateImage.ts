/**
 * One request as a durable workflow.
 *
 * @since 0.1.0
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Activity from "@effect/workflow/Activity"
import * as DurableClock from "@effect/workflow/DurableClock"
import * as DurableDeferred from "@effect/workflow/DurableDeferred"
import * as Workflow from "@effect/workflow/Workflow"
import type { WorkflowEngine, WorkflowInstance } from "@effect/workflow/WorkflowEngine"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Catalog from "effect-openrouter-images/Catalog"
import { ConnectionError, type GenerateError, type OpenRouterError } from "effect-openrouter-images/Errors"
import { Images } from "effect-openrouter-images/Images"
import * as Retry from "effect-openrouter-images/Retry"
import { ImageGenerationRequest } from "effect-openrouter-images/Schema"
import { type InvalidOptionsError, ItemError, OutcomeUnknownError } from "./Errors.js"
import { Failed, Generation, Made, type Outcome } from "./Generation.js"
import { ImageStore } from "./ImageStore.js"
import * as Entrance from "./internal/attempt/admission.js"
import { limitsOf } from "./internal/attempt/limits.js"
import { perform } from "./internal/attempt/perform.js"
import * as Attempts from "./internal/attempt/record.js"
import * as Delays from "./internal/attempt/retryDriver.js"
import * as Places from "./internal/attempt/slots.js"
import * as Database from "./internal/database/tables.js"
import { contentHash, contentOf, itemId } from "./internal/items/request.js"
import * as Items from "./internal/items/updates.js"

/**
 * What to do when an attempt may have been billed and no picture came of it: after a crash between sending and recording, or where an error says that its
 * `billing` is unknown.
 *
 * - `fail`: the item fails with that error; nothing is sent again.
 * - `retry`: it is sent again, by the retry policy's delays and limits. This may pay twice.
 * - `ask`: it waits until somebody decides (`Jobs.decide`), days if need be, and takes no worker's place meanwhile.
 *
 * @since 0.1.0
 * @category models
 */
export type OnUnknown = "fail" | "retry" | "ask"

/**
 * What somebody decided about an attempt whose billing is unknown.
 *
 * @since 0.1.0
 * @category models
 */
export const Decision = Items.Decision
export type Decision = typeof Decision.Type

/**
 * How requests are carried out.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** When a failed attempt is repeated. The waiting is durable. Default: `Retry.safe`, so only what cost nothing. */
  readonly retry?: Retry.Policy | Schedule.Schedule<unknown, OpenRouterError> | undefined
  /** Default: `fail`. */
  readonly onUnknown?: OnUnknown | undefined
  /** How many requests may be under way at once in this process. Default: 8. */
  readonly concurrency?: number | undefined
  /** How many requests may be sent in a time, by all workers of the database together. Default: no limit. */
  readonly rateLimit?: RateLimit | undefined
}

/**
 * The most `requests` in any stretch of time as long as `window`. What is counted is every attempt that any worker of the database has begun, by the
 * database's clock. `{ requests: 1, window: "500 millis" }` spaces them evenly.
 *
 * Each worker keeps to its own limit, so give the same one to all.
 *
 * @since 0.1.0
 * @category models
 */
export interface RateLimit {
  /** A positive integer. */
  readonly requests: number
  /** Longer than nothing, and finite. */
  readonly window: Duration.DurationInput
}

/**
 * The workflow: one request, whose pictures end in the ImageStore.
 *
 * It is known by the job, the content of the request, which one of several equal requests of the job it is (`turn`, from 0), and how often it was taken
 * up again (`round`, from 0). Executed twice with the same of these it runs once.
 *
 * @since 0.1.0
 * @category workflows
 */
export const GenerateImage = Workflow.make({
  name: "GenerateImage",
  payload: {
    job: Schema.String,
    turn: Schema.Number,
    round: Schema.Number,
    request: ImageGenerationRequest
  },
  success: Generation,
  error: ItemError,
  idempotencyKey: ({ job, request, round, turn }) => JSON.stringify([job, turn, round, contentOf(request)])
})

/**
 * The decision that a workflow waits for after an attempt, for those who complete it without `Jobs.decide`.
 *
 * @since 0.1.0
 * @category workflows
 */
export const decisionAfter = (attempt: number): DurableDeferred.DurableDeferred<typeof Decision> =>
  DurableDeferred.make(`Decision/${attempt}`, { success: Decision })

/** The library's policies know its own errors; a lost attempt is to them what a cut connection is. */
const asKnown = (error: ItemError): GenerateError | undefined => {
  switch (error._tag) {
    case "OutcomeUnknownError":
      return new ConnectionError({
        operation: "generate",
        billing: "unknown",
        phase: "response",
        description: error.message
      })
    case "PictureLostError":
    case "CancelledError":
      return undefined
    default:
      return error
  }
}

const policyOf = ({ onUnknown = "fail", retry = Retry.safe }: Options): Retry.Policy => {
  const policy = Retry.fromOption(retry)
  return onUnknown === "retry"
    ? { ...policy, while: (error) => error.billing === "unknown" || policy.while(error) }
    : // What may be paid already is repeated because somebody said so, never because of its kind.
      { ...policy, while: (error) => error.billing !== "unknown" && policy.while(error) }
}

type Engine = WorkflowEngine | WorkflowInstance
type Services = Images | ImageStore | Catalog.Catalog | SqlClient.SqlClient

/** Waits for the decision, or gives none where nobody is to be asked. */
const decided = (
  key: Items.ItemKey,
  attempt: number,
  outcome: Failed,
  { onUnknown = "fail" }: Options
): Effect.Effect<Decision, never, Engine | SqlClient.SqlClient> =>
  Effect.gen(function* () {
    if (onUnknown !== "ask" || outcome.error.billing !== "unknown") return "fail"
    yield* Activity.make({ name: `Ask/${attempt}`, execute: Database.patiently(Items.ask(key, attempt, outcome)) })
    const decision = yield* DurableDeferred.await(decisionAfter(attempt))
    yield* Database.patiently(Items.heard(key, attempt))
    return decision
  })

/** A defect of the engine must not leave the item under way for ever. */
const broken = (at: { readonly item: string; readonly attempt: number }, defect: unknown): Effect.Effect<Failed> =>
  Effect.gen(function* () {
    yield* Effect.logError("An attempt ended with a defect", Cause.die(defect))
    const begunAt = yield* Clock.currentTimeMillis
    return { _tag: "Failed", error: new OutcomeUnknownError({ ...at, begunAt, cause: String(defect) }), pictures: [] }
  })

/** A policy of the user's own that throws must not leave the item under way for ever: it repeats nothing. */
const sensible = <A>(delay: Effect.Effect<Option.Option<A>>): Effect.Effect<Option.Option<A>> =>
  Effect.catchAllDefect(delay, (defect) =>
    Effect.as(Effect.logError("The retry policy ended with a defect", Cause.die(defect)), Option.none())
  )

/** Attempts until one makes the pictures, or there is to be no other; and the billing of those before the last. */
const attempts = (
  { job, request }: { readonly job: string; readonly request: ImageGenerationRequest },
  key: Items.ItemKey,
  places: Places.Places,
  entrance: Entrance.Entrance,
  options: Options
) =>
  Effect.gen(function* () {
    const policy = policyOf(options)
    const next = yield* Delays.make(policy)
    // Other calls may outlast the few retries of a policy.
    const nextSettled = yield* Delays.make(Retry.untilSettled)
    const delayOf = (error: GenerateError, lasted: number) =>
      Retry.whenInFlight(error) && policy.while(error) ? nextSettled(error, lasted) : next(error, lasted)
    let before: Items.Billing = "notBilled"
    for (let attempt = 1; ; attempt++) {
      const token = crypto.randomUUID()
      const outcome: Outcome = yield* Activity.make({
        name: `Attempt/${attempt}`,
        success: Made,
        error: Failed,
        execute: Effect.flatMap(
          places.within(perform({ job, ...key, attempt, token }, request, entrance)),
          (ended): Effect.Effect<Made, Failed> => (ended._tag === "Made" ? Effect.succeed(ended) : Effect.fail(ended))
        )
      }).pipe(
        Effect.merge,
        Effect.catchAllDefect((defect) => broken({ item: key.item, attempt }, defect))
      )
      if (outcome._tag === "Made") return { outcome, before }
      const known = asKnown(outcome.error)
      const lasted = yield* Database.patiently(Attempts.lasted({ ...key, attempt }))
      const delay = known === undefined ? Option.none() : yield* sensible(Effect.suspend(() => delayOf(known, lasted)))
      if (Option.isSome(delay)) {
        yield* DurableClock.sleep({ name: `Retry/${attempt}`, duration: delay.value, inMemoryThreshold: "5 seconds" })
      } else if ((yield* decided(key, attempt, outcome, options)) === "fail") return { outcome, before }
      before = Items.worse(before, outcome.error.billing)
    }
  })

/**
 * Carries the workflow out in this process. `onFinish` runs after each item, for whoever waits to begin the next.
 *
 * When its scope ends, calls that are under way are finished first, for they may be paid already. An option that is not valid fails the layer with
 * InvalidOptionsError.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options & { readonly onFinish?: Effect.Effect<void> | undefined } = {}
): Layer.Layer<never, InvalidOptionsError, WorkflowEngine | Images | ImageStore | SqlClient.SqlClient> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { concurrency, rate } = yield* limitsOf(options)
      const places = yield* Places.make(concurrency)
      const entrance = yield* Entrance.make(rate, places)
      const services = Context.pick(
        Images,
        ImageStore,
        Catalog.Catalog,
        SqlClient.SqlClient
      )(yield* Effect.context<Services>())
      const workflow = GenerateImage.toLayer(({ job, request, round, turn }) =>
        Effect.gen(function* () {
          const key = { item: itemId(job, yield* contentHash(request), turn), round }
          const { before, outcome } = yield* attempts({ job, request }, key, places, entrance, options)
          yield* Database.patiently(Items.finish(key, outcome, before))
          yield* options.onFinish ?? Effect.void
          return yield* outcome._tag === "Made" ? Effect.succeed(outcome.generation) : Effect.fail(outcome.error)
        }).pipe(
          places.awake,
          // The engine gives a workflow the services around itself before those of the workflow's layer.
          Effect.provide(services)
        )
      )
      // Above the workflow, so that it comes before the engine lets go of it.
      return Layer.scopedDiscard(Effect.addFinalizer(() => places.drain)).pipe(Layer.provideMerge(workflow))
    })
  ).pipe(Layer.provide(Catalog.layer()), Layer.provide(Database.layer))
