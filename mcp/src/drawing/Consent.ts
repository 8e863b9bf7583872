/** Asks the person before a call that may cost more than they have said. Only their answer counts. */
import * as McpSchema from "@effect/ai/McpSchema"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { type ImagesSchema, Quote } from "effect-openrouter-images"
import { sanitize } from "../../../cli/src/output/Text.js"
import { Call } from "../protocol/Call.js"
import { Settings } from "../Settings.js"

/** The person did not agree, or cannot be asked. Nothing was sent. */
export class NoConsent extends Data.TaggedError("NoConsent")<{ readonly problem: string; readonly advice: string }> {}

type Request = ImagesSchema.ImageGenerationRequest

/** A form without fields: to accept it is the answer. */
const form = { type: "object", properties: {} }

/** As much of a prompt as is read before an answer. */
const longestPrompt = 300

/** Lines of an agent's own could push the price out of sight, or look like ours. */
const oneLine = (text: string): string =>
  sanitize(text)
    .replace(/[\s\p{Cf}]+/gu, " ")
    .trim()

const excerpt = (prompt: string): string => {
  const line = oneLine(prompt)
  return line.length > longestPrompt ? `${line.slice(0, longestPrompt)}…` : line
}

/** `up to $0.12`, or that nobody knows how much. */
export const priceOf = ({ maxUsd, minUsd }: Quote.UsdRange): string =>
  Number.isFinite(maxUsd)
    ? `up to ${Quote.formatUsd(maxUsd)}`
    : `at least ${Quote.formatUsd(minUsd)}, and nobody knows how much at most`

const questionOf = ({ model, n = 1, prompt }: Request, quote: Quote.Quote): string => {
  const pictures = n === 1 ? "a picture" : `${n} pictures`
  return [
    `An agent wants ${pictures} from ${oneLine(model)} for ${priceOf(quote)}. Allow it?`,
    `Prompt: ${excerpt(prompt)}`
  ].join("\n")
}

/** The answer of the person, by the client's form. A client that fails to ask has not asked. */
const answer = (message: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const client = yield* (yield* McpSchema.McpServerClient).getClient
      return yield* client["elicitation/create"]({ message, requestedSchema: form })
    })
  ).pipe(
    Effect.map(({ action }) => action),
    Effect.sandbox,
    Effect.catchAll((cause) => (cause._tag === "Interrupt" ? Effect.interrupt : Effect.succeed("unanswered" as const)))
  )

const words = { decline: "declined", cancel: "did not answer", unanswered: "could not be asked" }

/** Whether the person has to be asked. */
export const isNeeded = ({ maxUsd }: Quote.UsdRange, askAboveUsd: number): boolean =>
  !Number.isFinite(maxUsd) || maxUsd > askAboveUsd

/** Fails unless the call costs little enough, or the person agrees. */
export const require = (
  request: Request,
  quote: Quote.Quote
): Effect.Effect<void, NoConsent, Settings | McpSchema.McpServerClient> =>
  Effect.gen(function* () {
    const { askAboveUsd } = yield* Settings
    if (!isNeeded(quote, askAboveUsd)) return
    if (!(yield* Call).canAsk) {
      return yield* new NoConsent({
        problem: `It may cost ${priceOf(quote)}. The person wants to be asked, but this client cannot (elicitation).`,
        advice: "Ask for less (`quote` says what a request may cost), or tell the person to draw it themselves."
      })
    }
    const action = yield* answer(questionOf(request, quote))
    if (action === "accept") return
    return yield* new NoConsent({
      problem: `It may cost ${priceOf(quote)}. The person was asked, and ${words[action]}.`,
      advice: "Do not ask again for the same; talk to the person, or ask for less."
    })
  })
