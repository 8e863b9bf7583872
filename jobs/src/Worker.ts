/**
 * A worker takes the items of all jobs in turn and carries them out.
 *
 * @since 0.1.0
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import * as DurableDeferred from "@effect/workflow/DurableDeferred"
import type { WorkflowEngine } from "@effect/workflow/WorkflowEngine"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Catalog from "effect-openrouter-images/Catalog"
import type { OpenRouterClient } from "effect-openrouter-images/Client"
import type { Images } from "effect-openrouter-images/Images"
import type { InvalidOptionsError } from "./Errors.js"
import { decisionAfter, GenerateImage, layer as generateImageLayer } from "./GenerateImage.js"
import type { ImageStore } from "./ImageStore.js"
import { limitsOf } from "./internal/attempt/limits.js"
import { retryUntilBack } from "./internal/database/retry.js"
import * as Tables from "./internal/database/tables.js"
import * as Claims from "./internal/items/claims.js"
import { decodeRequest } from "./internal/items/request.js"
import * as Turns from "./internal/items/turns.js"
import * as Housekeeping from "./internal/job/housekeeping.js"
import { noteLook } from "./internal/monitor/metrics.js"
import { within } from "./internal/monitor/trace.js"
import * as SettlementClock from "./internal/settlement/clock.js"
import type { Options as WorkOptions } from "./Options.js"

export type { OnUnknown, RateLimit } from "./Options.js"

/**
 * How a worker carries requests out, and what it does with jobs that have ended.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends WorkOptions {
  /**
   * For how long a job is kept after the last of its items has ended. Then its items are removed, and all that is known
   * of their attempts; the pictures stay. Default: for ever. Longer than a week, so that what may have been billed is
   * settled before.
   */
  readonly retention?: Duration.DurationInput | undefined
}

const payloadOf = ({ job, request, round, turn }: Claims.Claim) => ({
  job,
  turn,
  round,
  request: decodeRequest(request)
})

/** The items that a worker has started: their workflows, and when it last resumed them. */
type Started = Map<string, { readonly execution: string; readonly resumedAt: number }>

/**
 * Starts the workflow of an item, or passes a decision on to it; gives back its execution. The engine knows what it has
 * started, so an item that is started twice runs once.
 */
const execute = (claim: Claims.Claim) =>
  Effect.gen(function* () {
    const payload = payloadOf(claim)
    if (claim.decision === null || claim.attempt === null) {
      const execution = yield* GenerateImage.execute(payload, { discard: true })
      // Another worker had it before, and may have suspended it.
      if (claim.claims > 1) yield* GenerateImage.resume(execution)
      return execution
    }
    const deferred = decisionAfter(claim.attempt)
    const token = yield* DurableDeferred.tokenFromPayload(deferred, { workflow: GenerateImage, payload })
    yield* DurableDeferred.succeed(deferred, { token, value: claim.decision })
    return yield* GenerateImage.executionId(payload)
  })

/** How often a worker resumes a workflow that has not ended. */
const resumeInterval = Duration.seconds(30)

/**
 * Resumes workflows now and then. The engine may carry out on one worker what another has claimed, and a worker that
 * ends suspends what it has not begun: whoever has the claim resumes it. A workflow that waits for something goes on
 * waiting.
 */
const resume = (started: Started) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    for (const [id, { execution, resumedAt }] of started) {
      if (now - resumedAt < Duration.toMillis(resumeInterval)) continue
      yield* GenerateImage.resume(execution)
      started.set(id, { execution, resumedAt: now })
    }
  })

const start = (claim: Claims.Claim, started: Started) =>
  Effect.gen(function* () {
    const execution = yield* within(claim.trace)(execute(claim))
    started.set(claim.id, { execution, resumedAt: yield* Clock.currentTimeMillis })
  }).pipe(
    Effect.catchAllCause((cause) =>
      Effect.zipRight(
        Effect.logWarning(`The worker could not start ${claim.id}; it tries again later`, cause),
        Claims.postpone(claim.id)
      )
    )
  )

/** How often a worker looks for items while none of its own ends. A hundred workers must not keep the database busy. */
const pollInterval = "1 second"

/**
 * Claims and starts items for the free slots. The database may say that this worker has more items than it has
 * `started`: then it did not hear that it had claimed them.
 */
const fill = (owner: string, concurrency: number, turns: Turns.Turns, started: Started) =>
  Effect.gen(function* () {
    const own = new Set(yield* Claims.renewLeases(owner))
    for (const id of started.keys()) if (!own.has(id)) started.delete(id)
    yield* Claims.giveBack(
      owner,
      Array.from(own).filter((id) => !started.has(id))
    )
    yield* resume(started)
    const free = concurrency - started.size
    if (free <= 0) return
    yield* Effect.forEach(yield* Claims.claim(owner, free, turns), (claim) => start(claim, started), { discard: true })
  })

/**
 * A worker: it carries out at most `concurrency` items at a time (default 8), from all jobs of the database, until its
 * scope ends. Any number of workers share a database, one in each process.
 *
 * When its scope ends, it finishes the calls under way first, for they may be paid already. That takes as long as the
 * client's timeout at most. A process that is killed instead leaves them unknown: see `OnUnknown`.
 *
 * `rateLimit` holds for all workers of the database together. A 429 or 503 with `Retry-After` that one of them gets
 * stops them all until then, by the rules of the library's `RateLimit`: for 60 seconds at most, for a second where a
 * 429 does not say how long. After that one request goes first, and for a minute each success lets one more be in
 * flight.
 *
 * It asks what attempts cost whose billing is unknown, its own and those of workers that died, and sends again what
 * cost nothing: see `OnUnknown`. For that it needs the `OpenRouterClient` beside `Images`.
 *
 * An item that waits has sent nothing, uses up no retry, and keeps its slot of `concurrency`. A worker that is to end
 * does not wait for it.
 *
 * The engine forgets an item ten minutes after its end. With `retention`, jobs that ended long ago are removed.
 *
 * An option that is not valid fails the layer with InvalidOptionsError.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { NodeContext } from "@effect/platform-node"
 * import { Layer } from "effect"
 * import { Client, Images } from "effect-openrouter-images"
 * import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
 * import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
 *
 * const ImagesLive = Images.layer.pipe(
 *   Layer.provideMerge(Client.layerConfig()),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 *
 * const JobsLive = Layer.merge(Jobs.layer, Worker.layer({ concurrency: 4 })).pipe(
 *   Layer.provide(ImagesLive),
 *   Layer.provide(ImageStore.layerFolder("pictures")),
 *   Layer.provide(Sqlite.layer({ filename: "pictures.db" })),
 *   Layer.provide(NodeContext.layer)
 * )
 * ```
 */
export const layer = (
  options: Options = {}
): Layer.Layer<
  never,
  InvalidOptionsError,
  WorkflowEngine | Images | OpenRouterClient | ImageStore | SqlClient.SqlClient
> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { concurrency, retentionMillis } = yield* limitsOf(options)
      const slotFreed = yield* Effect.makeLatch(false)
      const owner = crypto.randomUUID()
      const turns = Turns.make()
      const started: Started = new Map()
      const loop = Effect.zipRight(
        slotFreed.close,
        fill(owner, concurrency, turns, started).pipe(
          Effect.zipRight(noteLook),
          Effect.catchAllCause((cause) => Effect.logWarning("The worker could not take items; it tries again", cause)),
          Effect.zipRight(Effect.raceFirst(slotFreed.await, Effect.sleep(pollInterval)))
        )
      )
      // At the end these stop from the first to the last: no item is claimed any more, calls under way are finished,
      // and the rest is released.
      return Layer.scopedDiscard(
        Effect.zipRight(
          retryUntilBack(Claims.expireEarlierLeases),
          Effect.forkScoped(Effect.repeat(loop, Schedule.forever))
        )
      ).pipe(
        Layer.provide(generateImageLayer({ ...options, onFinish: slotFreed.open })),
        Layer.merge(Layer.provide(Layer.scopedDiscard(Effect.forkScoped(SettlementClock.run)), Catalog.layer())),
        Layer.merge(Layer.scopedDiscard(Effect.forkScoped(Housekeeping.run(retentionMillis)))),
        Layer.provide(Layer.scopedDiscard(Effect.addFinalizer(() => Effect.ignoreLogged(Claims.releaseAll(owner))))),
        Layer.provide(Tables.layer)
      )
    })
  )
