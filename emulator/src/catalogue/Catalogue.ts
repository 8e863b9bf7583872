/** The models that the emulator offers: OpenRouter's as they were recorded, and invented ones that show what those do not. */
import type { CatalogueEntry } from "./Entry.js"
import { invented } from "./Invented.js"
import { recorded } from "./Recorded.js"

export type { Answers, CatalogueEntry } from "./Entry.js"

export const catalogue: ReadonlyArray<CatalogueEntry> = [...recorded, ...invented]

export const find = (id: string): CatalogueEntry | undefined => catalogue.find((entry) => entry.model.id === id)
