/** The ledger: what was billed, whether or not its answer arrived. */
import * as Schema from "effect/Schema"
import type { Generation } from "./Generation.js"

/** One completed generation. */
export const LedgerEntry = Schema.Struct({
  generationId: Schema.String,
  model: Schema.String,
  provider: Schema.String,
  prompt: Schema.String,
  pictures: Schema.Number,
  costUsd: Schema.Number,
  /** Whether the provider charged it to a key of the user's own: then it is no spending of OpenRouter's credits. */
  isByok: Schema.Boolean,
  /** ISO 8601, to the millisecond. */
  completedAt: Schema.String
})
export type LedgerEntry = typeof LedgerEntry.Type

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
