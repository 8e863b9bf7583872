/** What a tool that draws answers. */
import * as McpSchema from "@effect/ai/McpSchema"
import * as Effect from "effect/Effect"
import { type Errors, GeneratedImage, type ImagesSchema } from "effect-openrouter-images"
import { cost } from "../../../cli/src/commands/generate/Report.js"
import type { Saved } from "../../../cli/src/output/Save.js"
import { formatBytes } from "../../../cli/src/output/Text.js"
import * as Words from "../Words.js"
import * as Preview from "./Preview.js"

/** The answer of a tool. */
export type Answer = typeof McpSchema.CallToolResult.Type

export const text = (text: string): Answer =>
  new McpSchema.CallToolResult({ content: [McpSchema.TextContent.make({ type: "text", text })] })

const errorText = (words: string): Answer =>
  new McpSchema.CallToolResult({ isError: true, content: [McpSchema.TextContent.make({ type: "text", text: words })] })

export const failed = (error: Words.Failure, more?: Words.Rows, options?: Errors.ExplainOptions): Answer =>
  errorText(Words.failure(error, more, options))

/** A call with arguments that no tool takes. */
export const refused = (problem: string): Answer =>
  errorText(
    Words.lines([
      ["arguments", problem],
      ["cost", "Nothing was billed."]
    ])
  )

/** A bug of ours. */
export const unexpected = (defect: unknown): Answer =>
  errorText(
    Words.lines([
      ["unexpected", String(defect)],
      ["cost", "Not known: look at the account's activity before you try again."]
    ])
  )

/** Where pictures are, or what went wrong. */
export const savedRows = (saved: ReadonlyArray<Saved>): Words.Rows =>
  saved.flatMap(({ path, problem }) => [
    ["file", path],
    ["problem", problem]
  ])

const describe = ({ bytes, dimensions, mediaType }: GeneratedImage.GeneratedImage): string => {
  const pixels = dimensions === undefined ? "unknown size" : `${dimensions.width} x ${dimensions.height} pixels`
  return `${mediaType}, ${pixels}, ${formatBytes(bytes.length)}`
}

/** A generation that succeeded. */
interface Drawn {
  readonly request: ImagesSchema.ImageGenerationRequest
  readonly response: ImagesSchema.ImageGenerationResponse
  readonly saved: ReadonlyArray<Saved>
  readonly emulated: boolean
  /** What is left of the budget, in words. */
  readonly left: string
}

const rowsOf = ({ emulated, left, request, response, saved }: Drawn, previews: number): Words.Rows => {
  const { data, generationId } = response
  const asked = request.n ?? 1
  const without = data.length - previews
  return [
    ...data.flatMap((image, index): Words.Rows => {
      const { path, problem, provenance } = saved[index] ?? {}
      const deviation = GeneratedImage.deviation(image, request)
      return [
        ["picture", path],
        ["size", describe(image)],
        ["differs", deviation && GeneratedImage.formatDeviation(deviation)],
        ["problem", problem],
        ["provenance", provenance && `${provenance} the picture`]
      ]
    }),
    ["pictures", data.length < asked ? `${data.length} of the ${asked} that were asked for` : undefined],
    ["preview", without > 0 ? `${without} cannot be made small enough to be shown here; look at the files` : undefined],
    ["cost", cost({ emulated, response })],
    ["model", request.model],
    ["generation", generationId],
    ["budget", left]
  ]
}

/** The files and what they cost, and previews of them that are never large. */
export const drawn = (drawn: Drawn): Effect.Effect<Answer> =>
  Effect.gen(function* () {
    const { data } = drawn.response
    const share = Math.floor(Preview.mostCharacters / Math.max(1, data.length))
    const found = yield* Effect.forEach(data, (image) => Preview.of(image, share))
    const previews = found.flatMap((image) => image ?? [])
    const isIncomplete = data.length === 0 || drawn.saved.some(({ path }) => path === undefined)
    return new McpSchema.CallToolResult({
      isError: isIncomplete,
      content: [
        McpSchema.TextContent.make({ type: "text", text: Words.lines(rowsOf(drawn, previews.length)) }),
        ...previews.map(({ bytes, mediaType }) =>
          McpSchema.ImageContent.make({ type: "image", data: bytes, mimeType: mediaType })
        )
      ]
    })
  })
