/**
 * The generations of an emulator. This is the one place that gives out ids and remembers how each generation ended, so
 * that ledger and records cannot disagree.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import { type Asked, type Generation, hasAppeared, type Outcome } from "./Generation.js"
import * as GenerationId from "./GenerationId.js"
import * as Lateness from "./Lateness.js"
import { entriesOf, type Ledger } from "./Ledger.js"

/** A generation under way. */
export interface Running {
  readonly id: string
  /** Ends it. The first end counts. */
  readonly end: (outcome: Outcome) => Effect.Effect<void>
}

export interface Generations {
  /** Accepts a generation. It is cancelled when the scope closes before it has ended: the client has left. */
  readonly begin: (asked: Asked) => Effect.Effect<Running, never, Scope.Scope>
  readonly ledger: Effect.Effect<Ledger>
  /** A generation whose record has appeared. */
  readonly find: (id: string) => Effect.Effect<Option.Option<Generation>>
  readonly delay: (lateness: Lateness.Lateness) => Effect.Effect<void>
  readonly reset: Effect.Effect<void>
}

/** The generations that have ended, and what of them was billed. */
interface Books {
  readonly ended: ReadonlyArray<Generation>
  readonly ledger: Ledger
}

const empty: Books = { ended: [], ledger: [] }

const write = ({ ended, ledger }: Books, generation: Generation): Books => ({
  ended: [...ended, generation],
  ledger: [...ledger, ...entriesOf(generation)]
})

export const make: Effect.Effect<Generations> = Effect.gen(function* () {
  const books = yield* Ref.make(empty)
  const delays = yield* Ref.make(Lateness.atOnce)

  const run = (asked: Asked): Effect.Effect<Running> =>
    Effect.gen(function* () {
      const id = yield* GenerationId.make
      const startedAt = yield* Clock.currentTimeMillis
      const delay = yield* Ref.modify(delays, Lateness.take)
      const isOpen = yield* Ref.make(true)
      const keep = (outcome: Outcome) =>
        Effect.flatMap(Clock.currentTimeMillis, (endedAt) =>
          Ref.update(books, (now) => write(now, { id, asked, outcome, startedAt, endedAt, delay }))
        )
      return {
        id,
        end: (outcome) =>
          Effect.uninterruptible(
            Effect.flatMap(Ref.getAndSet(isOpen, false), (wasOpen) => (wasOpen ? keep(outcome) : Effect.void))
          )
      }
    })

  return {
    begin: (asked) => Effect.acquireRelease(run(asked), ({ end }) => end({ _tag: "Cancelled" })),
    ledger: Effect.map(Ref.get(books), ({ ledger }) => ledger),
    find: (id) =>
      Effect.map(Effect.all([Ref.get(books), Clock.currentTimeMillis]), ([{ ended }, now]) =>
        Option.fromNullable(ended.find((one) => one.id === id && hasAppeared(one, now)))
      ),
    delay: (lateness) => Ref.update(delays, (waiting) => Lateness.change(waiting, lateness)),
    reset: Effect.all([Ref.set(books, empty), Ref.set(delays, Lateness.atOnce)], { discard: true })
  }
})
