/** What the calls of the tests give. */
import { expect } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"
import { Errors, Images } from "effect-openrouter-images"

export const request = { model: "openai/gpt-image-1-mini", prompt: "a paper boat" }
export const streamed = (options?: Images.RequestOptions) =>
  Effect.map(Stream.runCollect(Images.generateStream(request, options)), (events) => [...events])

/** What may differ: heads that a cassette does not keep. */
const withoutHeads = (outcome: unknown): unknown => {
  if (Array.isArray(outcome)) return outcome.map(withoutHeads)
  if (!Schema.is(Errors.OpenRouterError)(outcome)) return outcome
  const { headers: _, ...fields } = { headers: {}, ...outcome, message: outcome.message }
  return fields
}

/** The replay gives the same value, or the same error. */
export const expectSame = ({ recorded, replayed }: { readonly recorded: unknown; readonly replayed: unknown }) =>
  expect(withoutHeads(replayed)).toEqual(withoutHeads(recorded))
