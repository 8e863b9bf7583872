/** The progress of a batch. Its state is a value, and each change of it is pure. */
import * as BigDecimal from "effect/BigDecimal"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { Progress } from "../../Batch.js"
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import { totalCostUsd } from "../../Schema/ImageGenerationUsage.js"
import { monotonicMillis } from "../concurrency/monotonic.js"
import { changesOf } from "../concurrency/streams.js"
import { present } from "../schema/present.js"

interface State {
  readonly total: number | undefined
  readonly done: number
  readonly failed: number
  readonly running: number
  /** A sum of decimals does not drift. */
  readonly spent: BigDecimal.BigDecimal
  /** In milliseconds of the monotonic clock. */
  readonly beganAt: number | undefined
  readonly endedAt: number | undefined
}

const idle: State = {
  total: undefined,
  done: 0,
  failed: 0,
  running: 0,
  spent: BigDecimal.make(0n, 0),
  beganAt: undefined,
  endedAt: undefined
}

const costOf = ({ usage }: ImageGenerationResponse): BigDecimal.BigDecimal =>
  BigDecimal.unsafeFromNumber(totalCostUsd(usage) ?? 0)

type Outcome = Exit.Exit<Either.Either<ImageGenerationResponse, unknown>, unknown>

/** An interrupted request is neither done nor failed. */
const recordOutcome = (state: State, outcome: Outcome): State => {
  const left = { ...state, running: state.running - 1 }
  if (Exit.isFailure(outcome)) return left
  const result = outcome.value
  if (Either.isLeft(result)) return { ...left, failed: left.failed + 1 }
  return { ...left, done: left.done + 1, spent: BigDecimal.sum(left.spent, costOf(result.right)) }
}

const timeLeftOf = ({ done, endedAt, failed, total }: State, elapsed: number): Duration.Duration | undefined => {
  if (total === undefined) return undefined
  if (endedAt !== undefined) return Duration.zero
  const settled = done + failed
  return settled === 0 ? undefined : Duration.millis((elapsed / settled) * (total - settled))
}

const report = (state: State, now: number): Progress => {
  const elapsed = (state.endedAt ?? now) - (state.beganAt ?? now)
  const { done, failed, running, spent, total } = state
  return {
    done,
    failed,
    running,
    spentUsd: BigDecimal.unsafeToNumber(spent),
    elapsed: Duration.millis(elapsed),
    ...present({ total, timeLeft: timeLeftOf(state, elapsed) })
  }
}

/** A run writes its progress here, and others read it. */
export class Tracker {
  constructor(private readonly state: SubscriptionRef.SubscriptionRef<State>) {}

  readonly began = (total: number | undefined): Effect.Effect<void> =>
    Effect.flatMap(monotonicMillis, (beganAt) => SubscriptionRef.set(this.state, { ...idle, total, beganAt }))

  readonly end: Effect.Effect<void> = Effect.flatMap(monotonicMillis, (endedAt) =>
    SubscriptionRef.update(this.state, (state) => ({ ...state, endedAt }))
  )

  readonly beginItem: Effect.Effect<void> = Effect.suspend(() =>
    SubscriptionRef.update(this.state, (state) => ({ ...state, running: state.running + 1 }))
  )

  readonly endItem = (outcome: Outcome): Effect.Effect<void> =>
    SubscriptionRef.update(this.state, (state) => recordOutcome(state, outcome))

  get progress(): Stream.Stream<Progress> {
    return changesOf(this.state).pipe(
      Stream.takeUntil(({ endedAt }) => endedAt !== undefined),
      // Several changes may come together. Only the last of them is current.
      Stream.mapChunks((chunk) => (Chunk.isNonEmpty(chunk) ? Chunk.of(Chunk.lastNonEmpty(chunk)) : chunk)),
      Stream.buffer({ capacity: 1, strategy: "sliding" }),
      Stream.mapEffect((state) => Effect.map(monotonicMillis, (now) => report(state, now)))
    )
  }
}

export const makeTracker: Effect.Effect<Tracker> = Effect.map(SubscriptionRef.make(idle), (state) => new Tracker(state))
