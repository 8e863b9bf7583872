/** What the head of an answer says about the generation. */
import { present } from "../schema/present.js"

export interface HeadFacts {
  readonly generationId?: string
  /** The provider that OpenRouter used. */
  readonly providerName?: string
}

/** `headers` has names in lower case. */
export const headFacts = (headers: Readonly<Record<string, string>>): HeadFacts =>
  present({ generationId: headers["x-generation-id"], providerName: headers["x-provider-name"] })
