import { describe, expect, it } from "@effect/vitest"
import { Duration } from "effect"
import type { Errors } from "effect-openrouter-images"
import { headFacts } from "../../../src/internal/attempt/headFacts.js"
import { generateErrors, listModelsErrors, responseError } from "../../../src/internal/attempt/responseError.js"
import { parseRetryAfter } from "../../../src/internal/attempt/waits.js"
import { makeRedactor } from "../../../src/internal/client/redaction.js"
import { parseJson } from "../../../src/internal/errors/serverWords.js"
import { isSuccess } from "../../../src/internal/errors/status.js"

const envelope = (code?: unknown): string => JSON.stringify({ error: { message: "no", code } })

const errorOf = (
  status: number,
  text: string,
  { headers = {}, operation = "generate" }: { headers?: Record<string, string>; operation?: Errors.Operation } = {}
) => {
  const table = operation === "generate" ? generateErrors : listModelsErrors
  const answer = { operation, status, headers, facts: headFacts(headers), text, json: parseJson(text), now: 0 }
  return responseError<Errors.OpenRouterError>(table, answer, makeRedactor([]))
}

describe("what an answer cost", () => {
  it.each([
    [302, "notBilled", "notBilled"],
    [399, "notBilled", "notBilled"],
    [400, "notBilled", "notBilled"],
    [407, "notBilled", "notBilled"],
    [408, "unknown", "unknown"],
    [409, "notBilled", "notBilled"],
    [499, "notBilled", "notBilled"],
    [500, "notBilled", "unknown"],
    [503, "notBilled", "unknown"],
    [504, "unknown", "unknown"],
    [505, "notBilled", "unknown"],
    [524, "unknown", "unknown"],
    [529, "notBilled", "unknown"]
  ] as const)("at HTTP %d is %s in OpenRouter's envelope and %s without", (status, within, without) => {
    expect(errorOf(status, envelope(status)).billing).toBe(within)
    expect(errorOf(status, "<html></html>").billing).toBe(without)
    expect(errorOf(status, JSON.stringify({ error: "no" })).billing).toBe(without)
    expect(errorOf(status, "", { operation: "listModels" }).billing).toBe("notBilled")
  })
})

describe("the status of an error within a success", () => {
  it.each([
    [400, 400],
    ["429", 429],
    [599, 599],
    [399, 200],
    [600, 200],
    [402.5, 200],
    ["", 200],
    ["no_credits", 200],
    [null, 200],
    [[429], 200],
    [{ valueOf: 429 }, 200]
  ])("is the code %j where that is one of an error: %d", (code, status) => {
    const error = errorOf(200, envelope(code))
    expect(error).toMatchObject({ status, httpStatus: 200 })
    if (status === 200) expect(error).toMatchObject({ _tag: "OpenRouterDefaultError", billing: "unknown" })
  })

  it("is that of HTTP everywhere else, whatever the body says", () => {
    expect(errorOf(500, envelope(402))).toMatchObject({ _tag: "InternalServerResponseError", status: 500 })
    expect(errorOf(300, envelope(402))).toMatchObject({ _tag: "OpenRouterDefaultError", status: 300 })
    expect([199, 200, 299, 300].map(isSuccess)).toEqual([false, true, true, false])
  })
})

describe("the message of an answer that has none", () => {
  it.each([
    [502, "", "HTTP 502 Bad Gateway"],
    [418, "", "HTTP 418"],
    [504, '<html><title lang="en"> Gateway\n  time-out </title></html>', "HTTP 504 Gateway Timeout: Gateway time-out"],
    [504, "<title> </title>", "HTTP 504 Gateway Timeout"],
    [504, "<title></title>", "HTTP 504 Gateway Timeout"],
    [504, `${" ".repeat(4096)}<title>too late</title>`, "HTTP 504 Gateway Timeout"]
  ])("at HTTP %d with the body %j is %j", (status, text, message) => {
    expect(errorOf(status, text).message).toBe(message)
  })
})

describe("the body that an error keeps", () => {
  const limit = 64 * 1024
  it.each([
    ["one byte", "x"],
    ["three bytes", "€"],
    ["four bytes", "🐼"]
  ])("is whole up to 64 KiB and cut on a character of %s", (_, character) => {
    const bytes = new TextEncoder().encode(character).length
    const most = Math.floor(limit / bytes)
    const whole = character.repeat(most)
    expect(errorOf(500, whole)).toMatchObject({ body: whole })
    expect(errorOf(500, whole + character)).toMatchObject({ body: whole })
  })
})

describe("Retry-After", () => {
  it.each([
    [" 2 ", 2000],
    ["1.25", 1250],
    ["0", 0],
    ["-1", undefined],
    ["", undefined],
    ["soon", undefined],
    [undefined, undefined]
  ])("of %j is %d milliseconds", (header, millis) => {
    const wait = parseRetryAfter(header, 0)
    expect(wait === undefined ? undefined : Duration.toMillis(wait)).toBe(millis)
  })
})
