/** What became of the items of a job, held against the API's ledger, the database and the bytes of each picture. */
import { Effect, Stream } from "effect"
import { type ImageStore, Jobs } from "effect-openrouter-images-jobs"

export interface Account {
  /** Items that have an outcome. */
  readonly outcomes: number
  readonly made: number
  readonly billedTwice: number
  /** Billed, and said to have cost nothing. */
  readonly undeclared: number
  /** Made, and not billed, or a picture is not in the store as it was put. */
  readonly lost: number
}

/** The account in which nothing went wrong. */
export const faultless = { billedTwice: 0, undeclared: 0, lost: 0 }

export const account = (job: string, ledger: ReadonlyArray<{ readonly prompt: string }>, store: ImageStore.Service) => {
  const times = new Map<string, number>()
  for (const { prompt } of ledger) times.set(prompt, (times.get(prompt) ?? 0) + 1)
  const empty: Account = { outcomes: 0, made: 0, billedTwice: 0, undeclared: 0, lost: 0 }
  return Stream.runFoldEffect(Jobs.results(job), empty, (sum, { billing, outcome, request }) =>
    Effect.gen(function* () {
      const billed = times.get(request.prompt) ?? 0
      const pictures = outcome._tag === "Made" ? outcome.generation.pictures : []
      const kept = yield* Effect.forEach(pictures, (stored) => Effect.isSuccess(store.get(stored)))
      const isMade = outcome._tag === "Made"
      const isLost = isMade && (kept.length === 0 || kept.includes(false) || billed === 0)
      return {
        outcomes: sum.outcomes + 1,
        made: sum.made + (isMade ? 1 : 0),
        billedTwice: sum.billedTwice + (billed > 1 ? 1 : 0),
        undeclared: sum.undeclared + (billed > 0 && billing === "notBilled" ? 1 : 0),
        lost: sum.lost + (isLost ? 1 : 0)
      }
    })
  )
}
