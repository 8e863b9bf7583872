/** The models of the emulator: recorded ones of OpenRouter, and invented ones for what those do not show. */
import type { CatalogueEntry } from "./Entry.js"
import { invented } from "./Invented.js"
import { recorded } from "./Recorded.js"

export type { Answers, CatalogueEntry } from "./Entry.js"

export const catalogue: ReadonlyArray<CatalogueEntry> = [...recorded, ...invented]

export const find = (id: string): CatalogueEntry | undefined => catalogue.find((entry) => entry.model.id === id)
