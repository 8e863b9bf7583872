/** Right answers made odd in one thing: bodies of JSON, and the events of a stream, which have the same fields. */
import type { Edit } from "./Fault.js"

type Json = Readonly<Record<string, unknown>>
type Change = (body: Json) => Json

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const field =
  (name: string, change: (value: unknown) => unknown): Change =>
  (body) =>
    name in body ? { ...body, [name]: change(body[name]) } : body

const inUsage = (change: Change): Change => field("usage", (usage) => (isObject(usage) ? change(usage) : usage))
const cost = (value: unknown): Change => inUsage((usage) => ({ ...usage, cost: value }))

/** Changes each picture: those of a list, or the one that an event has itself. */
const eachPicture =
  (change: Change): Change =>
  (body) => {
    const { data } = body
    if (Array.isArray(data))
      return { ...body, data: data.map((one) => (isObject(one) && "b64_json" in one ? change(one) : one)) }
    return "b64_json" in body ? change(body) : body
  }

const base64 = (change: (text: string, mediaType: unknown) => string): Change =>
  eachPicture((one) => ({ ...one, b64_json: change(String(one["b64_json"]), one["media_type"]) }))

const mediaType = (value: string): Change =>
  eachPicture((one) => ("media_type" in one ? { ...one, media_type: value } : one))

/** The last of several pictures; the only one stays. */
const lastPicture = (value: unknown): Change =>
  field("data", (data) => (Array.isArray(data) && data.length > 1 ? [...data.slice(0, -1), value] : data))

const first = (name: string, change: Change): Change =>
  field(name, (list) => (Array.isArray(list) && isObject(list[0]) ? [change(list[0]), ...list.slice(1)] : list))

const openAiUsage: Change = ({ completion_tokens, prompt_tokens, total_tokens }) => ({
  input_tokens: prompt_tokens,
  output_tokens: completion_tokens,
  total_tokens
})

const changes: Partial<Record<Edit["how"], Change>> = {
  byok: inUsage((usage) => ({ ...usage, cost: 0, is_byok: true })),
  usageOpenAi: inUsage(openAiUsage),
  usageNull: field("usage", () => null),
  usageNullCounts: inUsage((usage) => ({ ...usage, prompt_tokens: null, completion_tokens: null, total_tokens: null })),
  costText: inUsage((usage) => ({ ...usage, cost: String(usage["cost"]) })),
  costObject: inUsage((usage) => ({ ...usage, cost: { amount: usage["cost"], currency: "USD" } })),
  costNegative: cost(-5),
  createdNull: field("created", () => null),
  createdText: field("created", (created) => String(created)),
  createdMissing: ({ created: _, ...body }) => body,
  createdZero: field("created", () => 0),
  pictureNull: lastPicture(null),
  pictureError: lastPicture({ error: { code: 502, message: "The provider failed" } }),
  url: eachPicture(({ b64_json: _, ...one }) => ({ ...one, url: "https://example.com/picture.png" })),
  dataUrl: base64((text, type) => `data:${type};base64,${text}`),
  wrapped: base64((text) => text.replaceAll(/.{76}/g, "$&\n")),
  urlSafe: base64((text) => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")),
  wrongMediaType: eachPicture((one) => ({
    ...one,
    media_type: one["media_type"] === "image/png" ? "image/jpeg" : "image/png"
  })),
  bareMediaType: mediaType("png"),
  octetStream: mediaType("application/octet-stream"),
  oddModel: first("data", (model) =>
    "supported_parameters" in model ? { ...model, description: null, name: 7 } : model
  ),
  oddEndpoint: first("endpoints", (endpoint) => ({ ...endpoint, provider_name: null })),
  oddPrice: first(
    "endpoints",
    first("pricing", (price) => ({ ...price, cost_usd: String(price["cost_usd"]) }))
  ),
  editEvents: field("type", (type) => String(type).replace(/^image_generation\./, "image_edit."))
}

/** A body of JSON with the change, or as it is. */
const changeJson = (how: Edit["how"], text: string): string => {
  const change = changes[how]
  const body: unknown = change === undefined ? undefined : JSON.parse(text)
  const edited = change !== undefined && isObject(body) ? JSON.stringify(change(body)) : text
  // JSON may say a number that no number of ours is.
  return how === "costHuge" ? edited.replace(/"cost":[^,}]+/, '"cost":1e400') : edited
}

const event = (body: object): string => `data: ${JSON.stringify(body)}\n\n`

/** The pictures of an answer in one piece as events, the usage on the last. An answer without pictures stays as it is. */
const asEvents = (text: string): string => {
  const { created, data, usage } = JSON.parse(text)
  if (!Array.isArray(data) || !data.some((one) => isObject(one) && "b64_json" in one)) return text
  const type = "image_generation.completed"
  const last = data.length - 1
  return `${data.map((one: Json, i: number) => event({ type, ...one, created, ...(i === last ? { usage } : {}) })).join("")}data: [DONE]\n\n`
}

/** The text of an answer, edited. */
export const edit = (how: Edit["how"], text: string, isStream: boolean): string => {
  if (how === "commentsFirst") return `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n${text}`
  if (how === "asEvents") return isStream ? text : asEvents(text)
  return isStream
    ? text.replaceAll(/^data: (\{.*)$/gm, (_, json: string) => `data: ${changeJson(how, json)}`)
    : changeJson(how, text)
}
