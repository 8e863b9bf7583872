import { describe, expect, it } from "@effect/vitest"
import { Duration, FastCheck } from "effect"
import { Errors, GeneratedImage } from "effect-openrouter-images"
import { costCommand } from "../../src/failure/Explanation.js"
import { format } from "../support/plain.js"

const invalid = (operation: Errors.Operation, ...issues: ReadonlyArray<readonly [Errors.Issue["path"], string]>) =>
  format(new Errors.InvalidRequestError({ operation, issues: issues.map(([path, message]) => ({ path, message })) }))

const answered = (operation: Errors.Operation, status: number) => ({
  ...{ operation, status, httpStatus: status, billing: "notBilled" as const },
  ...{ message: "no", headers: {}, body: '{"error":{"message":"no"}}' }
})

describe("an error in the words of the command", () => {
  it("names options where the library names fields", () => {
    const text = invalid(
      "generate",
      [["aspectRatio"], "must be a text"],
      [["inputReferences", 1, "imageUrl", "url"], "must be an http(s) URL"],
      [["inputReferences"], "must be at most 16"],
      [["n"], "must be 1 to 10"],
      [["prompt"], "must not be empty"],
      [[], "must be a request"]
    )
    expect(text.split("\n").slice(1, 8)).toEqual([
      "what        The request is not valid and was not sent:",
      "              - --aspect-ratio: must be a text",
      "              - --reference number 2: must be an http(s) URL",
      "              - --reference: must be at most 16",
      "              - -n: must be 1 to 10",
      "              - the prompt: must not be empty",
      "              - must be a request"
    ])
  })

  it("names options within a reason too, and the command that finds what would do", () => {
    const text = invalid("generate", [["background"], '"transparent" needs outputFormat png or webp, got jpeg'])
    expect(text).toContain('--background: "transparent" needs --output-format png or webp, got jpeg')
    expect(text).toContain("what to do  Correct what is named; `openrouter-images check` finds the nearest request.")
    expect(invalid("listModels", [["apiKey"], "is empty"])).toContain("what to do  Correct what is named.")
  })

  it("says which half of a model's id is wrong, and what was typed", () => {
    const problem = 'must be a name without slashes, in "author/slug", got "a/b/c"'
    const text = invalid("listModelEndpoints", [["slug"], problem], [["author"], problem], [["baseUrl"], "no"])
    expect(text).toContain(`the model's name: ${problem}`)
    expect(text).toContain(`the model's author: ${problem}`)
    expect(text).toContain("OPENROUTER_BASE_URL: no")
    expect(text).toMatch(/^InvalidRequestError in endpoints$/m)
  })

  it("speaks of nothing that only a program could look at or set", () => {
    const image = GeneratedImage.make(new Uint8Array([1]))
    const sent = { operation: "generate" as const, billing: "unknown" as const, images: [image] }
    const read = { status: 200, issues: [], rawBody: "", headers: {} }
    const texts = [
      new Errors.ConnectionError({ ...sent, phase: "response", description: "cut" }),
      new Errors.RequestTimeoutError({ ...sent, timeout: Duration.minutes(1), images: [image, image] }),
      new Errors.ResponseValidationError({ ...sent, ...read, billing: "billed" }),
      new Errors.ResponseValidationError({ ...read, operation: "listModels", billing: "notBilled" }),
      new Errors.NotFoundResponseError(answered("generate", 404)),
      new Errors.NotFoundResponseError(answered("listModelEndpoints", 404)),
      new Errors.OpenRouterDefaultError(answered("listModels", 404)),
      new Errors.ProviderOverloadedResponseError(answered("generate", 529))
    ].map(format)
    for (const text of texts) {
      expect(text).not.toMatch(/`(images|rawBody|timeout|listModels|metadata)`|listModel|preferences|library/)
    }
    expect(texts[0]).toContain("1 whole picture is saved, see above.")
    expect(texts[0]).toContain("the base URL (OPENROUTER_BASE_URL).")
    expect(texts[1]).toContain("2 whole pictures are saved, see above.")
    expect(texts[1]).toContain("--timeout")
    expect(texts[5]).toContain("`openrouter-images models`")
  })

  it("ends with the line that asks what it cost, where that is not known and the generation is", () => {
    const cut = { operation: "generate" as const, phase: "response" as const, description: "cut", images: [] }
    const generationId = "gen-img-1790983552-TOdyb7qrp6185EBMwzAV"
    const text = format(new Errors.ConnectionError({ ...cut, billing: "unknown", generationId }))
    expect(text).toContain("Ask what it cost, with the line below, before you send it again: you may pay twice.")
    expect(text.split("\n").at(-1)).toBe(`openrouter-images cost ${generationId} --wait`)
    for (const other of [
      { billing: "billed" as const, generationId },
      { billing: "notBilled" as const, generationId },
      { billing: "unknown" as const }
    ]) {
      expect(format(new Errors.ConnectionError({ ...cut, ...other }))).not.toContain("openrouter-images cost")
    }
  })

  it("gives the id in that line whole, and as one word of a shell, whatever a server named the generation", () => {
    expect(costCommand("gen-1; rm -rf ~")).toBe("openrouter-images cost 'gen-1; rm -rf ~' --wait")
    expect(costCommand("gen-1\u001b[2J")).toBe("openrouter-images cost 'gen-1[2J' --wait")
    FastCheck.assert(
      FastCheck.property(FastCheck.stringMatching(/^gen-[\w-]{150,300}$/), (id) => {
        const error = new Errors.RequestTimeoutError({
          ...{ operation: "generateStream", billing: "unknown", generationId: id, images: [] },
          timeout: Duration.minutes(5)
        })
        expect(format(error).split("\n").at(-1)).toBe(`openrouter-images cost ${id} --wait`)
      })
    )
  })
})
