/** Asks what generations cost: once each, or until there are records. It costs nothing. */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import { type Client, type Errors, Generations } from "effect-openrouter-images"
import * as Print from "../../output/Print.js"
import { pluralize } from "../../output/Text.js"
import * as LiveLine from "../../terminal/LiveLine.js"
import type { Screen } from "../../terminal/Screen.js"
import { withSpinner } from "../../terminal/Spinner.js"

/** One question, at once. */
const once = Schedule.recurs(1)

/** How many generations are asked for at the same time; those that wait for their records are mostly silent. */
const most = { once: 8, waiting: 32 }

/** How far the questions are. */
export interface Progress {
  readonly generations: number
  /** Of how many it is known what they cost. */
  readonly known: number
  /** How many questions were asked. */
  readonly asked: number
}

/** `asked 3 times for the record:`, `2 of 5 known, asked 12 times:` */
export const label = ({ asked, generations, known }: Progress): string => {
  if (asked === 0) return `asking for ${generations === 1 ? "the record" : `${generations} records`}:`
  const times = `asked ${pluralize(asked, "time")}`
  return generations === 1 ? `${times} for the record:` : `${known} of ${generations} known, ${times}:`
}

/** Asks at once, and again by the library's schedule when `beforeWait` has run. */
const settle = (
  generationId: string,
  options: Generations.SettleOptions,
  beforeWait: Effect.Effect<void> | undefined
): Effect.Effect<Generations.Settlement, Errors.GetGenerationError, Client.OpenRouterClient> =>
  Effect.gen(function* () {
    const first = yield* Generations.settle(generationId, { ...options, schedule: once })
    if (first._tag !== "NoRecord" || beforeWait === undefined) return first
    yield* beforeWait
    const last = yield* Generations.settle(generationId, options)
    return last._tag === "NoRecord"
      ? new Generations.NoRecord({ asked: first.asked + last.asked, waited: last.waited })
      : last
  })

/** Says once that it takes some time, also where no line shows the progress. */
const announceWait: Effect.Effect<Effect.Effect<void>, never, Screen> = Effect.gen(function* () {
  const screen = yield* Effect.context<Screen>()
  const words = Print.note([["waiting", "no record yet, asking again for up to 13 minutes; records appear in minutes"]])
  return yield* Effect.once(Effect.provide(LiveLine.printAbove(words), screen))
})

/** How to ask. */
export interface Options {
  /** Whether to ask again until there is a record. */
  readonly wait: boolean
  /** How to retry a question that fails. Default: the library's, for up to 15 minutes. */
  readonly retry?: Client.RequestOptions["retry"]
}

/**
 * Asks for each generation, and gives each answer to `onSettled` as it comes: whatever ends this, what was found out
 * until then is not lost.
 */
export const settleAll = <E, R>(
  generationIds: ReadonlyArray<string>,
  { retry, wait }: Options,
  onSettled: (generationId: string, settlement: Generations.Settlement) => Effect.Effect<void, E, R>
): Effect.Effect<void, Errors.GetGenerationError | E, Client.OpenRouterClient | Screen | R> =>
  Effect.gen(function* () {
    const progress = yield* Ref.make<Progress>({ generations: generationIds.length, known: 0, asked: 0 })
    const onAsk = () => Ref.update(progress, (before) => ({ ...before, asked: before.asked + 1 }))
    const options = { onAsk, ...(retry === undefined ? {} : { retry }) }
    const beforeWait = wait ? yield* announceWait : undefined
    const one = (generationId: string) =>
      Effect.gen(function* () {
        const settlement = yield* settle(generationId, options, beforeWait)
        yield* onSettled(generationId, settlement)
        const known = settlement._tag === "NoRecord" ? 0 : 1
        yield* Ref.update(progress, (before) => ({ ...before, known: before.known + known }))
      })
    const concurrency = wait ? most.waiting : most.once
    yield* Effect.forEach(generationIds, one, { concurrency, discard: true }).pipe(
      withSpinner(Effect.map(Ref.get(progress), label))
    )
  })
