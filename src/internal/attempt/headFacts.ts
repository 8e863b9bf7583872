/** What the head of an answer says about the generation. */
import { present } from "../schema/present.js"

export interface HeadFacts {
  readonly generationId?: string
  /** The provider that OpenRouter used. */
  readonly providerName?: string
}

/** The text of a header that says something. */
const textOf = (header: string | undefined): string | undefined => header?.trim() || undefined

/** `headers` has names in lower case. A header that was sent twice has both values; the first id counts. */
export const headFacts = (headers: Readonly<Record<string, string>>): HeadFacts =>
  present({
    generationId: textOf(headers["x-generation-id"]?.split(",")[0]),
    providerName: textOf(headers["x-provider-name"])
  })
