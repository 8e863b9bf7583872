/** The models that the emulator offers: OpenRouter's as they were recorded, and invented ones that show what those do not. */
import type { CatalogueEntry } from "./catalogue/entry.js"
import { invented } from "./catalogue/invented.js"
import { recorded } from "./catalogue/recorded.js"

export type { Answers, CatalogueEntry } from "./catalogue/entry.js"

export const catalogue: ReadonlyArray<CatalogueEntry> = [...recorded, ...invented]

export const find = (id: string): CatalogueEntry | undefined => catalogue.find((entry) => entry.model.id === id)
