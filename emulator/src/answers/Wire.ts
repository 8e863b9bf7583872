/** A generation as the API writes it: the fields of its JSON, in the order in which they were recorded. */
import type { Accepted } from "../requests/Accepted.js"
import { costOf, imageTokens, promptCostOf, promptTokens } from "../requests/Price.js"
import * as Usd from "../requests/Usd.js"

export const usage = (accepted: Accepted, pictures: number) => {
  const cost = costOf(accepted, pictures)
  const promptCost = promptCostOf(accepted)
  const prompt = promptTokens(accepted)
  const completion = pictures * imageTokens(accepted)
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    cost,
    is_byok: false,
    prompt_tokens_details: { cached_tokens: 0 },
    cost_details: {
      upstream_inference_cost: cost,
      upstream_inference_prompt_cost: promptCost,
      upstream_inference_completions_cost: Usd.round(cost - promptCost)
    },
    completion_tokens_details: { reasoning_tokens: 0, image_tokens: completion }
  }
}
export type Usage = ReturnType<typeof usage>

/** A picture as it is sent. */
export interface Picture {
  readonly b64_json: string
  readonly media_type: string
}

/** The body of an answer in one piece. */
export const answer = (created: number, data: ReadonlyArray<Picture>, usage: Usage) => ({ created, data, usage })
