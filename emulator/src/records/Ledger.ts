/** The ledger: what was billed, whether or not its answer arrived. */
import type { Generation } from "./Generation.js"

/** One completed generation. */
export interface LedgerEntry {
  readonly generationId: string
  readonly model: string
  readonly provider: string
  readonly prompt: string
  readonly pictures: number
  readonly costUsd: number
  /** Whether the provider charged it to a key of the user's own: then it is no spending of OpenRouter's credits. */
  readonly isByok: boolean
  /** ISO 8601, to the millisecond. */
  readonly completedAt: string
}

export type Ledger = ReadonlyArray<LedgerEntry>

/** What a generation adds to the ledger: an entry, if it has completed. */
export const entriesOf = ({ asked, endedAt, id, outcome }: Generation): Ledger =>
  outcome._tag === "Completed"
    ? [
        {
          generationId: id,
          model: asked.model,
          provider: asked.providerSlug,
          prompt: asked.prompt,
          pictures: outcome.pictures,
          costUsd: outcome.usage.cost,
          isByok: outcome.isByok,
          completedAt: new Date(endedAt).toISOString()
        }
      ]
    : []
