/** Refusals and failures as OpenRouter was seen to word them, or documents them. */
import type { Wait } from "./Fault.js"

type Json = Readonly<Record<string, unknown>>

export interface RecordedError {
  readonly status: number
  readonly body: Json & { readonly error: Json }
}

const error = (status: number, message: string, metadata?: Json, beside: Json = {}): RecordedError => ({
  status,
  body: { error: { message, code: status, ...(metadata === undefined ? {} : { metadata }) }, ...beside }
})

const inFlight = (reason: string) => ({
  reason,
  limit_source: "openrouter_in_flight_budget",
  remedy_hint: "Retry after your in-flight requests settle (see the Retry-After header)."
})

const budget = (limit_source: string, scope: string) => ({
  limit_source,
  scope,
  limit_usd: 5,
  spend_usd: 5.02,
  resets_at: "2026-12-01T00:00:00.000Z",
  remedy_hint: "Wait until the budget resets, or ask an administrator to raise it."
})

/** The id of the emulator's one user. */
export const userId = "user_emulated"

export const recordedErrors = {
  userNotFound: error(401, "User not found."),
  noCredits: error(402, "Insufficient credits. Add more using https://openrouter.ai/settings/credits", {
    limit_source: "openrouter_credits",
    remedy_hint: "Add credits"
  }),
  keyLimit: error(402, "This request requires at least $1.00 in balance for image or video output", {
    limit_source: "openrouter_key_limit",
    remedy_hint: "Raise or remove this API key's usage limit"
  }),
  inFlightBudget: error(
    402,
    "This request would exceed your available credits given your current in-flight requests. Retry after in-flight requests settle, or add credits.",
    inFlight("in_flight_budget_exhausted")
  ),
  weightExceedsBudget: error(402, "This request alone would exceed your available credits.", {
    ...inFlight("weight_exceeds_budget"),
    remedy_hint: "Add credits, or ask for less."
  }),
  keyBudget: error(403, "API key budget exceeded", budget("openrouter_key_limit", "key")),
  workspaceBudget: error(403, "Workspace budget exceeded", budget("openrouter_workspace_budget", "workspace")),
  guardrailBudget: error(403, "Guardrail budget exceeded", budget("openrouter_guardrail_budget", "guardrail")),
  moderation: error(403, "Your input was flagged", {
    error_type: "content_policy_violation",
    reasons: ["violence"],
    flagged_input: "a duel",
    provider_name: "OpenAI",
    model_slug: "openai/gpt-image-1"
  }),
  contentPolicy: error(400, "The request was rejected by the provider", {
    error_type: "content_policy_violation",
    provider_name: "OpenAI"
  }),
  dataPolicy: error(
    404,
    "No endpoints found matching your data policy (Free model training). Configure: https://openrouter.ai/settings/privacy",
    {
      routing_funnel: [{ step: "Initial Endpoints", endpoint_count: 1 }],
      failed_routing_step: "Filter by Data Policy"
    }
  ),
  upstreamRateLimit: error(
    429,
    "Provider returned error",
    {
      raw: "the model is temporarily rate-limited upstream. Please retry shortly",
      provider_name: "Google AI Studio",
      is_byok: false,
      provider_error_code: "429",
      limit_source: "upstream_provider_shared_pool",
      remedy_hint: "Retry shortly"
    },
    { user_id: userId }
  ),
  providerUnavailable: error(502, "Provider returned error", { error_type: "provider_unavailable" }),
  zod: {
    status: 400,
    body: {
      success: false,
      error: {
        name: "ZodError",
        message: JSON.stringify([{ code: "invalid_type", path: ["input"], message: "Required" }], null, 2)
      }
    }
  }
} satisfies Readonly<Record<string, RecordedError>>

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

/** The wait as the body tells it: how long, and the header that a browser cannot read. */
const withWait = (body: RecordedError["body"], seconds: number): RecordedError["body"] => {
  const { error } = body
  const metadata = isObject(error["metadata"]) ? error["metadata"] : {}
  const waits = {
    retry_after_seconds: seconds,
    retry_after_seconds_raw: seconds,
    headers: { "Retry-After": String(seconds) }
  }
  return { ...body, error: { ...error, metadata: { ...metadata, ...waits } } }
}

/** What is sent: the error, with its wait where the fault asks for one. */
export const answerOf = (
  name: keyof typeof recordedErrors,
  wait: Wait | undefined
): RecordedError & { readonly headers: Readonly<Record<string, string>> } => {
  const { body, status }: RecordedError = recordedErrors[name]
  const inHead = wait !== undefined && wait.at !== "body"
  return {
    status,
    body: wait === undefined || wait.at === "head" ? body : withWait(body, wait.seconds),
    headers: inHead ? { "retry-after": String(wait.seconds) } : {}
  }
}
