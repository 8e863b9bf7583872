/** A generation that was paid for before. */
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import type { ImageGenerationUsage } from "../../Schema/ImageGenerationUsage.js"
import { present } from "../schema/present.js"

const nothing: ImageGenerationUsage = { promptTokens: 0, completionTokens: 0, totalTokens: 0 }

/**
 * The usage of the generation, at no cost and without anyone's key. There is always a cost: a missing one would count
 * as unknown.
 */
const usageAtNoCost = ({ costDetails: _, ...usage }: ImageGenerationUsage = nothing): ImageGenerationUsage => ({
  ...usage,
  cost: 0,
  ...(usage.isByok === true ? { isByok: false } : {})
})

/** The same pictures, marked `cached` and at no cost. */
export const markCached = ({ calls, ...response }: ImageGenerationResponse): ImageGenerationResponse => ({
  ...response,
  usage: usageAtNoCost(response.usage),
  cached: true,
  ...present({ calls: calls?.map((call) => ({ ...call, usage: usageAtNoCost(call.usage), cached: true as const })) })
})
