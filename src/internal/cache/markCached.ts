/** A generation that has been paid for before. */
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import type { ImageGenerationUsage } from "../../Schema/ImageGenerationUsage.js"

const nothing: ImageGenerationUsage = { promptTokens: 0, completionTokens: 0, totalTokens: 0 }

/** What the generation used, at no cost and by nobody's key. A cost that is not told would count as unknown, so there is always one. */
const usageAtNoCost = ({ costDetails: _, ...usage }: ImageGenerationUsage = nothing): ImageGenerationUsage => ({
  ...usage,
  cost: 0,
  ...(usage.isByok === true ? { isByok: false } : {})
})

/** The same pictures, which cost nothing now and say so. */
export const markCached = (response: ImageGenerationResponse): ImageGenerationResponse => ({
  ...response,
  usage: usageAtNoCost(response.usage),
  cached: true
})
