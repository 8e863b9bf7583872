/** What an emulator remembers: what it billed, the requests it got, and which faults come next. */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { type Fault, Script } from "./faults/Fault.js"

/** One completed generation: it was billed, whether or not its answer arrived. */
export interface LedgerEntry {
  readonly generationId: string
  readonly model: string
  readonly provider: string
  readonly prompt: string
  readonly pictures: number
  readonly costUsd: number
}

/** A request as it arrived; the key is not kept. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export interface State {
  readonly ledger: Effect.Effect<ReadonlyArray<LedgerEntry>>
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest>>
  /**
   * Adds faults for the next answers, one for each, after those that still wait. `null` leaves an answer alone. A fault
   * that cannot be dies.
   */
  readonly script: (faults: Script) => Effect.Effect<void>
  /** Forgets everything. */
  readonly reset: Effect.Effect<void>
  readonly bill: (entry: LedgerEntry) => Effect.Effect<void>
  readonly record: (request: RecordedRequest) => Effect.Effect<void>
  readonly nextFault: Effect.Effect<Fault | null>
}

const withoutKey = (request: RecordedRequest): RecordedRequest => ({
  ...request,
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, name === "authorization" ? "<redacted>" : value])
  )
})

const validateScript = Schema.validate(Script)

export const make: Effect.Effect<State> = Effect.gen(function* () {
  const ledger = yield* Ref.make<ReadonlyArray<LedgerEntry>>([])
  const requests = yield* Ref.make<ReadonlyArray<RecordedRequest>>([])
  const script = yield* Ref.make<Script>([])
  return {
    ledger: Ref.get(ledger),
    requests: Ref.get(requests),
    script: (faults) =>
      Effect.flatMap(Effect.orDie(validateScript(faults)), (valid) =>
        Ref.update(script, (waiting) => [...waiting, ...valid])
      ),
    reset: Effect.all([Ref.set(ledger, []), Ref.set(requests, []), Ref.set(script, [])], { discard: true }),
    bill: (entry) => Ref.update(ledger, (entries) => [...entries, entry]),
    record: (request) => Ref.update(requests, (all) => [...all, withoutKey(request)]),
    nextFault: Ref.modify(script, ([next, ...rest]) => [next ?? null, rest])
  }
})
