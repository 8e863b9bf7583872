/** What an emulator remembers: its generations, its limits, the requests it got, and which faults come next. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { type Fault, Script } from "./faults/Fault.js"
import * as Account from "./records/Account.js"
import * as Generations from "./records/Generations.js"
import { Lateness } from "./records/Lateness.js"
import type { Ledger } from "./records/Ledger.js"
import { noOtherFields } from "./requests/JsonText.js"

/** A request as it arrived; the key is not kept. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export interface State {
  readonly ledger: Effect.Effect<Ledger>
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest>>
  /**
   * Adds faults for the next answers, one for each, after those that still wait. `null` leaves an answer alone. A fault
   * that cannot be dies.
   */
  readonly script: (faults: Script) => Effect.Effect<void>
  /**
   * Says how late the records of generations appear that are accepted from now on: `delayMillis` after the end of each,
   * `next` for the next ones, one for each. `null` is never. A delay that cannot be dies.
   */
  readonly records: (lateness: Lateness) => Effect.Effect<void>
  /**
   * Sets what may be spent: `limitUsd` by keys, and `creditsUsd` by the account. A generation that would exceed either
   * is refused. An amount that cannot be dies.
   */
  readonly account: (settings: Account.Settings) => Effect.Effect<void>
  /** Forgets everything. */
  readonly reset: Effect.Effect<void>
  readonly generations: Generations.Generations
  readonly limits: Effect.Effect<Account.Limits>
  readonly remember: (request: RecordedRequest) => Effect.Effect<void>
  readonly nextFault: Effect.Effect<Fault | null>
}

const withoutKey = (request: RecordedRequest): RecordedRequest => ({
  ...request,
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, name === "authorization" ? "<redacted>" : value])
  )
})

const validateScript = Schema.validateEither(Script)
const validateLateness = Schema.validateEither(Lateness, noOtherFields)
const validateSettings = Schema.validateEither(Account.Settings, noOtherFields)

/** A value that is not valid is a mistake of the program. */
const orDie = <A, E>(validated: Either.Either<A, E>): Effect.Effect<A> =>
  Either.match(validated, { onLeft: (error) => Effect.die(error), onRight: (value) => Effect.succeed(value) })

export const make: Effect.Effect<State> = Effect.gen(function* () {
  const generations = yield* Generations.make
  const limits = yield* Ref.make(Account.unlimited)
  const requests = yield* Ref.make<ReadonlyArray<RecordedRequest>>([])
  const script = yield* Ref.make<Script>([])
  return {
    ledger: generations.ledger,
    requests: Ref.get(requests),
    script: (faults) =>
      Effect.flatMap(orDie(validateScript(faults)), (valid) => Ref.update(script, (waiting) => [...waiting, ...valid])),
    records: (lateness) => Effect.flatMap(orDie(validateLateness(lateness)), generations.delay),
    account: (settings) =>
      Effect.flatMap(orDie(validateSettings(settings)), (valid) =>
        Ref.update(limits, (now) => Account.change(now, valid))
      ),
    reset: Effect.all(
      [generations.reset, Ref.set(limits, Account.unlimited), Ref.set(requests, []), Ref.set(script, [])],
      { discard: true }
    ),
    generations,
    limits: Ref.get(limits),
    remember: (request) => Ref.update(requests, (all) => [...all, withoutKey(request)]),
    nextFault: Ref.modify(script, ([next, ...rest]) => [next ?? null, rest])
  }
})
