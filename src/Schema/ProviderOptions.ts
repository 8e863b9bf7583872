/**
 * Options for one provider, under its slug: the providers' own parameters, by the providers' own names.
 *
 * These are only types: nothing is checked, renamed or left out, and you may write any other key or provider. An
 * endpoint silently drops a key that is not among its `allowedPassthroughParameters`; `Preflight.check` warns about it.
 *
 * @since 0.1.0
 */

/** Any further parameter of the provider. */
type Open = Readonly<Record<string, unknown>>

/**
 * Options of Black Forest Labs (https://docs.bfl.ai).
 *
 * @since 0.1.0
 * @category provider options
 */
export interface BlackForestLabsOptions extends Open {
  /** The number of inference steps. Models that let you choose take 1 to 50. */
  readonly steps?: number
  /** How closely the picture follows the prompt. */
  readonly guidance?: number
  /** How much moderation permits: 0 is the strictest. */
  readonly safety_tolerance?: number
  /** Whether the provider may rewrite the prompt into a richer one. */
  readonly prompt_upsampling?: boolean
}

/**
 * A Recraft colour: red, green and blue, each from 0 to 255.
 *
 * @since 0.1.0
 * @category provider options
 */
export interface RecraftColor {
  readonly rgb: readonly [red: number, green: number, blue: number]
}

/**
 * Options of Recraft (https://www.recraft.ai/docs/api-reference).
 *
 * @since 0.1.0
 * @category provider options
 */
export interface RecraftOptions extends Open {
  /** A style by name, such as `digital_illustration`. */
  readonly style?: string
  /** A variant of the style. */
  readonly substyle?: string
  /** The id of a style of your own. Use it instead of `style`. */
  readonly style_id?: string
  /** What the picture must not show. */
  readonly negative_prompt?: string
  readonly controls?: {
    /** From 0 (plain) to 5 (eccentric). */
    readonly artistic_level?: number
    /** Preferred colours. */
    readonly colors?: ReadonlyArray<RecraftColor>
    readonly background_color?: RecraftColor
    /** Whether to keep text out of the picture. */
    readonly no_text?: boolean
  }
}

/**
 * Options of OpenAI (https://platform.openai.com/docs/api-reference/images).
 *
 * @since 0.1.0
 * @category provider options
 */
export interface OpenAIOptions extends Open {
  /** How strictly content is filtered. */
  readonly moderation?: "auto" | "low" | (string & {})
  /** How closely the picture follows the references. */
  readonly input_fidelity?: "low" | "high" | (string & {})
  /** Your own id for the end user. */
  readonly user?: string
}

/**
 * Options of Google (https://ai.google.dev/gemini-api/docs/image-generation).
 *
 * @since 0.1.0
 * @category provider options
 */
export interface GoogleOptions extends Open {
  /** For each category of harm, the level from which it is blocked. */
  readonly safety_settings?: ReadonlyArray<{ readonly category: string; readonly threshold: string }>
  /** Whether people may be shown. */
  readonly person_generation?: "allow_all" | "allow_adult" | "dont_allow" | (string & {})
}

/**
 * Parameters for providers, under their slugs. The editor completes those of four providers; any other is open JSON.
 *
 * @since 0.1.0
 * @category models
 * @example
 * ```ts
 * import type { ImagesSchema } from "effect-openrouter-images"
 *
 * const request: ImagesSchema.ImageGenerationRequest = {
 *   model: "black-forest-labs/flux.2-flex",
 *   prompt: "a red panda",
 *   provider: { options: { "black-forest-labs": { steps: 30, guidance: 4.5 }, "never-documented": { any: ["json"] } } }
 * }
 * ```
 */
export type ProviderOptions = Readonly<Record<string, Open>> & {
  readonly "black-forest-labs"?: BlackForestLabsOptions
  readonly recraft?: RecraftOptions
  readonly openai?: OpenAIOptions
  readonly google?: GoogleOptions
}
