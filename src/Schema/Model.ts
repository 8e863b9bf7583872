/**
 * The models that the editor completes.
 *
 * @since 0.1.0
 */
import { OpenEnum } from "./OpenEnum.js"

/**
 * A model's id, `author/slug`: one of those that OpenRouter listed in October 2026, or any other. `Images.listModels`
 * has those of today.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const Model = OpenEnum(
  "black-forest-labs/flux-3-image",
  "black-forest-labs/flux.2-pro",
  "bytedance-seed/seedream-4.5",
  "google/gemini-3-pro-image",
  "google/gemini-3.1-flash-image",
  "inclusionai/ming-image-0.1-design-layer",
  "krea/krea-2-medium",
  "meta/muse-image",
  "microsoft/mai-image-2.6",
  "openai/gpt-image-1",
  "openai/gpt-image-2",
  "qwen/qwen-image-3",
  "recraft/recraft-v4.1-vector",
  "sourceful/riverflow-v2.5-fast",
  "x-ai/grok-imagine-image-2.0"
)
export type Model = typeof Model.Type
