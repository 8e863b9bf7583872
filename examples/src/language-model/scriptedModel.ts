// In place of a real language model, for there is no network here: it draws season by season until a tool call is refused, and then answers
// in words. Like a real one it sees nothing but the conversation.
import { LanguageModel, type Prompt, type Response } from "@effect/ai"
import { Effect, Layer, Schema, Stream } from "effect"
import { NoPicture } from "./tools.js"

const seasons = ["spring", "summer", "autumn", "winter"]

const toolResults = (prompt: Prompt.Prompt) =>
  prompt.content.flatMap((message) => (message.role === "tool" ? message.content : []))

const reasons: Record<string, string> = { budgetExceeded: "the budget is used up" }

const reply = ({ prompt }: LanguageModel.ProviderOptions): Array<Response.PartEncoded> => {
  const results = toolResults(prompt)
  const season = seasons[results.length]
  const refusal = results.map(({ result }) => result).find(Schema.is(NoPicture))
  if (season !== undefined && refusal === undefined) {
    const params = { prompt: `a meadow in ${season}`, aspectRatio: "16:9" }
    return [{ type: "tool-call", id: `call-${season}`, name: "GeneratePicture", params }]
  }
  const drawn = results.filter(({ isFailure }) => !isFailure).length
  const list = (names: ReadonlyArray<string>) => names.join(" and ") || "nothing"
  const missing = refusal === undefined ? "" : `, but not ${list(seasons.slice(drawn))}, for `
  const reason = refusal === undefined ? "" : (reasons[refusal.reason] ?? "drawing does not work at the moment")
  return [{ type: "text", text: `I drew the meadow in ${list(seasons.slice(0, drawn))}${missing}${reason}.` }]
}

export const ScriptedModelLive = Layer.effect(
  LanguageModel.LanguageModel,
  LanguageModel.make({
    generateText: (options) => Effect.sync(() => reply(options)),
    streamText: () => Stream.dieMessage("this script does not stream")
  })
)
