import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { parse } from "../../../src/commands/batch/Requests.js"

const model = "krea/krea-2"

const read = (...lines: ReadonlyArray<string>) => Either.getOrThrow(parse("a.jsonl", lines.join("\n"), model))

const problemOf = (...lines: ReadonlyArray<string>) =>
  Either.getOrThrow(Either.flip(parse("a.jsonl", lines.join("\n"), model))).problem

describe("the file of a batch", () => {
  it("takes a line for a prompt, or for a request as JSON, and passes over empty lines", () => {
    const jobs = read("\ufeffa boat\r", "", '{"prompt":"a fox","model":"a/b","seed":7}', '"[a] dog"')
    expect(jobs.map(({ index, line, request }) => [index, line, request])).toEqual([
      [0, 1, { model, prompt: "a boat" }],
      [1, 3, { model: "a/b", prompt: "a fox", seed: 7 }],
      [2, 4, { model, prompt: "[a] dog" }]
    ])
  })

  it("takes the API's names and the library's for the same, but renames nothing that is passed on", () => {
    const wire =
      '{"prompt":"x","aspect_ratio":"16:9","provider":{"allow_fallbacks":false,"options":{"seed":{"aB":1}}},' +
      '"input_references":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}'
    const names =
      '{"aspectRatio":"16:9","prompt":"x","inputReferences":[{"type":"image_url","imageUrl":{"url":"https://x/y.png"}}],' +
      '"provider":{"options":{"seed":{"aB":1}},"allowFallbacks":false}}'
    const [one, other] = read(wire, names)
    expect(one?.request).toEqual(other?.request)
    expect(one?.request).toMatchObject({ aspectRatio: "16:9", provider: { options: { seed: { aB: 1 } } } })
  })

  it("knows a request by what it asks for, wherever it stands and however it is written; equal ones by their turn", () => {
    const [one, two, again] = read('{"prompt":"x","seed":1}', "y", '{"seed":1,"prompt":"x"}')
    expect(new Set([one?.key, two?.key, again?.key]).size).toBe(3)
    const moved = read("new", "y", '{"prompt":"x","seed":1}')
    expect(moved[2]?.key).toBe(one?.key)
    expect(moved[1]?.key).toBe(two?.key)
  })

  it.each([
    ['{"prompt":', /^line 2: it is not JSON: SyntaxError/m],
    ['{"promt":"x"}', /^line 2: there is no field promt, did you mean prompt\?$/m],
    ['{"prompt":"x","n":11}', /^line 2: n: must be an integer from 1 to 10, got 11$/m],
    ['{"prompt":"x","aspectRatio":7}', /^line 2: aspectRatio: must/m],
    ['{"prompt":"x","aspect_ratio":7}', /^line 2: aspect_ratio: must/m],
    ['{"prompt":"x","aspectRation":"1:1"}', /^line 2: there is no field aspectRation, did you mean aspect_ratio\?$/m],
    ['{"prompt":"x","input_references":7}', /^line 2: input_references: /m],
    ["{}", /^line 2: prompt: /m],
    ["[", /^line 2: it is not JSON/m],
    ["a\u0000b", /^line 2: it is not UTF-8 text/m],
    ["\ufffdPNG", /^line 2: it is not UTF-8 text/m],
    ['["a","b"]', /^line 2: it must be an object/m]
  ])("names the line that is %s and says what is wrong", (line, problem) => {
    expect(problemOf("a boat", line)).toMatch(problem)
  })

  it("names ten lines, and counts the rest", () => {
    const lines = problemOf(...Array.from({ length: 14 }, () => "{")).split("\n")
    expect(lines).toHaveLength(12)
    expect(lines.at(-1)).toBe("and 4 lines more")
  })

  it("refuses a file without requests", () => {
    expect(problemOf("", "  ")).toBe("a.jsonl contains no request.")
  })
})
