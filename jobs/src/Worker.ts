/**
 * Takes the items of all jobs in turn and carries them out.
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
import type { Images } from "effect-openrouter-images/Images"
import type { InvalidOptionsError } from "./Errors.js"
import { decisionAfter, GenerateImage, layer as generateImageLayer, type Options } from "./GenerateImage.js"
import type { ImageStore } from "./ImageStore.js"
import { limitsOf } from "./internal/attempt/limits.js"
import * as Database from "./internal/database/tables.js"
import {
  type Claim,
  claim,
  decodeRequest,
  giveBack,
  inherit,
  keepAlive,
  lease,
  putOff,
  release
} from "./internal/items/claims.js"

export type {
  /**
   * How requests are carried out.
   *
   * @since 0.1.0
   * @category models
   */
  Options,
  /**
   * How many requests in how long.
   *
   * @since 0.1.0
   * @category models
   */
  RateLimit
} from "./GenerateImage.js"

const payloadOf = ({ job, request, round, turn }: Claim) => ({
  job,
  turn,
  round,
  request: decodeRequest(request)
})

/** The items that a worker has started: their workflows, and when it last looked after them. */
type Begun = Map<string, { readonly execution: string; readonly lookedAt: number }>

/** The engine knows what it has begun: an item that is started twice runs once, and a decision is heard once. Gives back the workflow. */
const start = (claimed: Claim) =>
  Effect.gen(function* () {
    const payload = payloadOf(claimed)
    if (claimed.decision === null || claimed.attempt === null) {
      const execution = yield* GenerateImage.execute(payload, { discard: true })
      // Somebody had it before, and may have put it to sleep.
      if (claimed.claims > 1) yield* GenerateImage.resume(execution)
      return execution
    }
    const deferred = decisionAfter(claimed.attempt)
    const token = yield* DurableDeferred.tokenFromPayload(deferred, { workflow: GenerateImage, payload })
    yield* DurableDeferred.succeed(deferred, { token, value: claimed.decision })
    return yield* GenerateImage.executionId(payload)
  })

/**
 * The engine may carry out on one worker what another has claimed, and a worker that ends puts to sleep what it has not begun: whoever has the claim wakes it.
 * What sleeps for a reason of its own looks at it, and goes on sleeping.
 */
const wake = (begun: Begun) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    for (const [id, { execution, lookedAt }] of begun) {
      if (now - lookedAt < Duration.toMillis(lease)) continue
      yield* GenerateImage.resume(execution)
      begun.set(id, { execution, lookedAt: now })
    }
  })

const begin = (claimed: Claim, begun: Begun) =>
  Effect.gen(function* () {
    const execution = yield* start(claimed)
    begun.set(claimed.id, { execution, lookedAt: yield* Clock.currentTimeMillis })
  }).pipe(
    Effect.catchAllCause((cause) =>
      Effect.zipRight(
        Effect.logWarning(`The worker could not begin ${claimed.id}; it tries again later`, cause),
        putOff(claimed.id)
      )
    )
  )

/** How often a worker looks for items while none of its own ends; a hundred workers must not keep the database busy by looking. */
const glance = "1 second"

/** Fills the free places. `begun` are the items that this worker has started; the database may say that it has more, where it did not hear of its claim. */
const fill = (owner: string, concurrency: number, begun: Begun) =>
  Effect.gen(function* () {
    const held = new Set(yield* keepAlive(owner))
    for (const id of begun.keys()) if (!held.has(id)) begun.delete(id)
    yield* giveBack(
      owner,
      Array.from(held).filter((id) => !begun.has(id))
    )
    yield* wake(begun)
    const free = concurrency - begun.size
    if (free <= 0) return
    yield* Effect.forEach(yield* claim(owner, free), (claimed) => begin(claimed, begun), { discard: true })
  })

/**
 * A worker: takes at most `concurrency` items at a time (default 8), from all jobs of the database, until its scope ends. Any number of them share a
 * database, one in each process.
 *
 * When its scope ends, calls that are under way are finished first, for they may be paid already; that takes as long as the client's timeout at most. A
 * process that is killed instead leaves them unknown: see `OnUnknown`.
 *
 * `rateLimit` holds for all workers of the database together. A 429 or 503 with `Retry-After` that one of them gets holds them all until then, by the rules
 * of the library's `RateLimit`: 60 seconds at most, a second where a 429 does not say how long, and after that one request goes first and each success
 * lets one more be under way, for a minute. Who waits has sent nothing, uses up no retry, and keeps its place in `concurrency`; a worker that is to end
 * does not wait for it.
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
 * const ImagesLive = Images.layer.pipe(Layer.provide(Client.layerConfig()), Layer.provide(FetchHttpClient.layer))
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
): Layer.Layer<never, InvalidOptionsError, WorkflowEngine | Images | ImageStore | SqlClient.SqlClient> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { concurrency } = yield* limitsOf(options)
      const place = yield* Effect.makeLatch(false)
      const owner = crypto.randomUUID()
      const begun: Begun = new Map()
      const loop = Effect.zipRight(
        place.close,
        fill(owner, concurrency, begun).pipe(
          Effect.catchAllCause((cause) => Effect.logWarning("The worker could not take items; it tries again", cause)),
          Effect.zipRight(Effect.raceFirst(place.await, Effect.sleep(glance)))
        )
      )
      // From the last to the first: no item is taken any more, those under way are finished, and what is left is let go.
      return Layer.scopedDiscard(
        Effect.zipRight(Database.patiently(inherit), Effect.forkScoped(Effect.repeat(loop, Schedule.forever)))
      ).pipe(
        Layer.provide(generateImageLayer({ ...options, onFinish: place.open })),
        Layer.provide(Layer.scopedDiscard(Effect.addFinalizer(() => Effect.ignoreLogged(release(owner))))),
        Layer.provide(Database.layer)
      )
    })
  )
