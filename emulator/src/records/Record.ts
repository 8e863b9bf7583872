/** What the API tells afterwards about a generation, as JSON: its fields in the order in which they were recorded. */
import type { Generation, Outcome } from "./Generation.js"

/** An id of an account. The emulator has one account, and nothing in it to tell apart. */
export const nobody = "00000000-0000-0000-0000-000000000000"

const finishReasons = { Completed: "complete", Failed: "error", Cancelled: null } as const

/** What the provider answered; a provider that was not waited for has answered nothing. */
const statusOf = (outcome: Outcome): number | null => {
  if (outcome._tag === "Completed") return 200
  return outcome._tag === "Failed" ? outcome.status : null
}

/** US dollars: what OpenRouter charged, and what the provider charged to a key of the user's own. */
const costsOf = (outcome: Outcome): { readonly charged: number; readonly upstream: number } => {
  const cost = outcome._tag === "Completed" ? outcome.usage.cost : 0
  return outcome._tag === "Completed" && outcome.isByok
    ? { charged: 0, upstream: cost }
    : { charged: cost, upstream: 0 }
}

export const recordOf = ({ asked, endedAt, id, outcome, startedAt }: Generation) => {
  const { charged, upstream } = costsOf(outcome)
  const completion = outcome._tag === "Completed" ? outcome.usage.completion_tokens : 0
  const isByok = outcome._tag === "Completed" && outcome.isByok
  const finishReason = finishReasons[outcome._tag]
  const generationTime = endedAt - startedAt
  return {
    created_at: new Date(startedAt).toISOString(),
    model: asked.model,
    app_id: 0,
    external_user: asked.user ?? null,
    streamed: asked.streamed,
    cancelled: outcome._tag === "Cancelled",
    latency: 0,
    moderation_latency: 0,
    generation_time: generationTime,
    tokens_prompt: asked.promptTokens,
    tokens_completion: completion,
    native_tokens_prompt: asked.promptTokens,
    native_tokens_completion: completion,
    native_tokens_completion_images: completion,
    native_tokens_reasoning: null,
    native_tokens_cached: null,
    num_media_prompt: asked.references,
    num_input_audio_prompt: null,
    num_media_completion: outcome._tag === "Completed" ? outcome.pictures : 0,
    num_search_results: null,
    num_fetches: null,
    web_search_engine: null,
    origin: asked.referer ?? "",
    is_byok: isByok,
    finish_reason: finishReason,
    native_finish_reason: finishReason,
    service_tier: null,
    usage: charged,
    router: null,
    user_agent: null,
    http_referer: null,
    request_id: null,
    session_id: asked.sessionId ?? null,
    preset_id: null,
    api_type: "image",
    id,
    upstream_id: null,
    provider_responses: [
      {
        endpoint_id: nobody,
        is_byok: isByok,
        latency: generationTime,
        model_permaslug: asked.model,
        provider_name: asked.providerName,
        status: statusOf(outcome)
      }
    ],
    total_cost: charged,
    cache_discount: null,
    upstream_inference_cost: upstream,
    provider_name: asked.providerName,
    response_cache_source_id: null,
    data_region: "global",
    workspace_id: nobody
  }
}
