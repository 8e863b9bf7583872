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
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Catalog from "effect-openrouter-images/Catalog"
import { type Billing, ConnectionError, type GenerateError } from "effect-openrouter-images/Errors"
import { Images } from "effect-openrouter-images/Images"
import * as Retry from "effect-openrouter-images/Retry"
import { ImageGenerationRequest } from "effect-openrouter-images/Schema"
import { type InvalidOptionsError, ItemError, OutcomeUnknownError } from "./Errors.js"
import { Failed, Generation, Made, type Outcome } from "./Generation.js"
import { ImageStore } from "./ImageStore.js"
import { Decision } from "./Item.js"
import * as Admission from "./internal/attempt/admission.js"
import * as Heartbeat from "./internal/attempt/heartbeat.js"
import { limitsOf } from "./internal/attempt/limits.js"
import { perform } from "./internal/attempt/perform.js"
import * as Record from "./internal/attempt/record.js"
import * as RetryDriver from "./internal/attempt/retryDriver.js"
import * as Slots from "./internal/attempt/slots.js"
import { retryUntilBack } from "./internal/database/retry.js"
import * as Tables from "./internal/database/tables.js"
import { askForDecision, finish } from "./internal/items/finish.js"
import { canonicalJson, hashRequest, itemId } from "./internal/items/request.js"
import { clearDecision, type ItemKey } from "./internal/items/updates.js"
import { withAttemptSpan, withItemSpan } from "./internal/monitor/trace.js"
import { worseBilling } from "./internal/settlement/billing.js"
import type { Options } from "./Options.js"

export { Decision } from "./Item.js"
export type { OnUnknown, Options, RateLimit } from "./Options.js"

/**
 * The workflow: one request, whose pictures end up in the ImageStore.
 *
 * These name it: the job, the content of the request, which of several equal requests of the job it is (`turn`, from
 * 0), and how often it was started again (`round`, from 0). Executed twice with the same of these it runs once.
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
  idempotencyKey: ({ job, request, round, turn }) => JSON.stringify([job, turn, round, canonicalJson(request)])
})

/**
 * The decision that a workflow waits for after an attempt. You need it only to complete it without `Jobs.decide`.
 *
 * @since 0.1.0
 * @category workflows
 */
export const decisionAfter = (attempt: number): DurableDeferred.DurableDeferred<typeof Decision> =>
  DurableDeferred.make(`Decision/${attempt}`, { success: Decision })

/** The error that a retry policy of the library sees: to it, a lost attempt is what a cut connection is. */
const toLibraryError = (error: ItemError): GenerateError | undefined => {
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
    case "DeadlineExceededError":
    case "UnreadableOutcomeError":
      return undefined
    default:
      return error
  }
}

const policyOf = ({ onUnknown = "fail", retry = Retry.safe }: Options): Retry.Policy => {
  const policy = Retry.fromOption(retry)
  return onUnknown === "retry"
    ? { ...policy, while: (error) => error.billing === "unknown" || policy.while(error) }
    : // What may be paid already is repeated because somebody decided so, never by the policy alone.
      { ...policy, while: (error) => error.billing !== "unknown" && policy.while(error) }
}

type Engine = WorkflowEngine | WorkflowInstance
type Services = Images | ImageStore | Catalog.Catalog | SqlClient.SqlClient

/** Waits for a decision; `fail` where nobody is to be asked. */
const awaitDecision = (
  key: ItemKey,
  attempt: number,
  outcome: Failed,
  { onUnknown = "fail" }: Options
): Effect.Effect<Decision, never, Engine | SqlClient.SqlClient> =>
  Effect.gen(function* () {
    if (onUnknown !== "ask" || outcome.error.billing !== "unknown") return "fail"
    yield* Activity.make({
      name: `Ask/${attempt}`,
      execute: retryUntilBack(askForDecision(key, attempt, outcome))
    })
    const decision = yield* DurableDeferred.await(decisionAfter(attempt))
    yield* retryUntilBack(clearDecision(key, attempt))
    return decision
  })

/** Makes a failure of a defect, which would otherwise leave the item under way for ever. */
const failWithDefect = (
  at: { readonly item: string; readonly attempt: number },
  defect: unknown
): Effect.Effect<Failed> =>
  Effect.gen(function* () {
    yield* Effect.logError("An attempt ended with a defect", Cause.die(defect))
    const begunAt = yield* Clock.currentTimeMillis
    return { _tag: "Failed", error: new OutcomeUnknownError({ ...at, begunAt, cause: String(defect) }), pictures: [] }
  })

/** Ends the retries where a policy of the user's own throws, which would leave the item under way for ever. */
const stopOnDefect = <A>(delay: Effect.Effect<Option.Option<A>>): Effect.Effect<Option.Option<A>> =>
  Effect.catchAllDefect(delay, (defect) =>
    Effect.as(Effect.logError("The retry policy ended with a defect", Cause.die(defect)), Option.none())
  )

/**
 * Repeats attempts until one makes the pictures or there is to be no other. `earlier` is the billing of those before.
 */
const performUntilEnd = (
  from: { readonly job: string; readonly request: ImageGenerationRequest; readonly worker: string },
  key: ItemKey,
  slots: Slots.Slots,
  admission: Admission.Admission,
  options: Options
) =>
  Effect.gen(function* () {
    const { job, request, worker } = from
    const policy = policyOf(options)
    const nextDelay = yield* RetryDriver.make(policy)
    // Other calls in flight may outlast the few retries of a policy.
    const nextSettledDelay = yield* RetryDriver.make(Retry.untilSettled)
    const delayAfter = (error: GenerateError, tookMillis: number) =>
      Retry.whenInFlight(error) && policy.while(error)
        ? nextSettledDelay(error, tookMillis)
        : nextDelay(error, tookMillis)
    let earlier: Billing = "notBilled"
    for (let attempt = 1; ; attempt++) {
      const token = crypto.randomUUID()
      const outcome: Outcome = yield* Activity.make({
        name: `Attempt/${attempt}`,
        success: Made,
        error: Failed,
        execute: Effect.flatMap(
          slots
            .withSlot(perform({ job, ...key, attempt, token, worker }, request, admission))
            .pipe(withAttemptSpan(job, key, attempt)),
          (outcome): Effect.Effect<Made, Failed> =>
            outcome._tag === "Made" ? Effect.succeed(outcome) : Effect.fail(outcome)
        )
      }).pipe(
        Effect.merge,
        Effect.catchAllDefect((defect) => failWithDefect({ item: key.item, attempt }, defect))
      )
      if (outcome._tag === "Made") return { outcome, earlier }
      const error = toLibraryError(outcome.error)
      const took = yield* retryUntilBack(Record.readDuration({ ...key, attempt }))
      const delay =
        error === undefined ? Option.none() : yield* stopOnDefect(Effect.suspend(() => delayAfter(error, took)))
      if (Option.isSome(delay)) {
        yield* DurableClock.sleep({ name: `Retry/${attempt}`, duration: delay.value, inMemoryThreshold: "5 seconds" })
      } else if ((yield* awaitDecision(key, attempt, outcome, options)) === "fail") return { outcome, earlier }
      earlier = worseBilling(earlier, outcome.error.billing)
    }
  })

/**
 * Carries the workflow out in this process. `onFinish` runs after each item, for whoever waits to start the next.
 *
 * When its scope ends, calls under way are finished first, for they may be paid already. An option that is not valid
 * fails the layer with InvalidOptionsError.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options & { readonly onFinish?: Effect.Effect<void> | undefined } = {}
): Layer.Layer<never, InvalidOptionsError, WorkflowEngine | Images | ImageStore | SqlClient.SqlClient> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { concurrency, drain, rate } = yield* limitsOf(options)
      const worker = crypto.randomUUID()
      const slots = yield* Slots.make(concurrency, drain)
      const admission = yield* Admission.make(rate, slots)
      const services = Context.pick(
        Images,
        ImageStore,
        Catalog.Catalog,
        SqlClient.SqlClient
      )(yield* Effect.context<Services>())
      const workflow = GenerateImage.toLayer(({ job, request, round, turn }) =>
        Effect.gen(function* () {
          const key = { item: itemId(job, yield* hashRequest(request), turn), round }
          const from = { job, request, worker }
          const { earlier, outcome } = yield* performUntilEnd(from, key, slots, admission, options).pipe(
            withItemSpan(job, key)
          )
          yield* retryUntilBack(finish(key, outcome, earlier))
          yield* options.onFinish ?? Effect.void
          return yield* outcome._tag === "Made" ? Effect.succeed(outcome.generation) : Effect.fail(outcome.error)
        }).pipe(
          slots.track,
          // The engine gives a workflow the services around itself before those of the workflow's layer.
          Effect.provide(services)
        )
      )
      // Above the workflow, so that it runs before the engine lets go of the workflow.
      return Layer.scopedDiscard(Effect.addFinalizer(() => slots.drain)).pipe(
        Layer.provideMerge(workflow),
        Layer.provide(Layer.scopedDiscard(Heartbeat.start(worker)))
      )
    })
  ).pipe(Layer.provide(Catalog.layer()), Layer.provide(Tables.layer))
