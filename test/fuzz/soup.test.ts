import { describe, expect } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import { expectDocumented, type Outcome, operations } from "./support/outcome.js"
import { holds } from "./support/runs.js"
import { cuts, type Served, serving } from "./support/served.js"
import { bytesOf } from "./support/wire.js"

const lines = ["\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "\r\r"]
const fields = [
  "data",
  "data:",
  "data: ",
  "data:  ",
  "event:",
  "event: error",
  "id: 7",
  "retry: 9",
  ":",
  ": wait",
  "Data:"
]
const whole = [
  '{"type":"image_generation.completed","b64_json":"UE5H","media_type":"image/png","created":7}',
  '{"type":"image_generation.completed","b64_json":"","created":7}',
  '{"type":"image_generation.completed","created":7}',
  '{"type":"image_generation.partial_image","partial_image_index":0,"b64_json":"UE5H"}',
  '{"type":"image_generation.text_chunk","text":"<svg","phase":"content"}',
  '{"type":"error","error":{"message":"fell over","code":"server_error"}}',
  '{"type":"error"}',
  '{"created":7,"data":[{"b64_json":"UE5H"}]}',
  '{"error":{"code":402,"message":"no credits"}}',
  "[DONE]",
  " [DONE] "
]
const parts = [
  ...["{", "}", "[", "]", '"', ":", ",", "\\", " ", "null", "true", "0", "-1", "1e999", "\\u0022", "\\ud800"],
  ...['"type":', '"image_generation.completed"', '"b64_json":"', '"b64_json":', "UE5H", "UE5HUE5H", "=", '"created":7'],
  ...['"media_type":null', '"usage":{}', '"error":', '"message":"m"', '"__proto__":', "image_generation.", "é", "🐼"]
]
const rude = ["\u0000", "\ufeff", "\u2028", "\u0085"]

const token = FastCheck.oneof(
  { weight: 4, arbitrary: FastCheck.constantFrom(...lines) },
  { weight: 4, arbitrary: FastCheck.constantFrom(...fields) },
  { weight: 3, arbitrary: FastCheck.constantFrom(...whole) },
  { weight: 3, arbitrary: FastCheck.constantFrom(...parts) },
  { weight: 1, arbitrary: FastCheck.constantFrom(...rude) }
).map(bytesOf)

const soup = FastCheck.array(
  FastCheck.oneof(
    { weight: 12, arbitrary: token },
    { weight: 1, arbitrary: FastCheck.uint8Array({ minLength: 1, maxLength: 6 }) }
  ),
  { maxLength: 30 }
).map((parts) => Uint8Array.from(Buffer.concat(parts)))

const served = FastCheck.record({
  status: FastCheck.constant(200),
  // The id dates a picture that has no time of its own, whenever it is read.
  headers: FastCheck.constantFrom("text/event-stream", "application/json").map((contentType) => ({
    "content-type": contentType,
    "x-generation-id": "gen-img-1790983552-TOdyb7qrp6185EBMwzAV"
  })),
  body: soup,
  cuts,
  ending: FastCheck.constantFrom("close" as const, "close" as const, "tear" as const)
})

/** Those that read events: one gives them as they come, the other joins them. */
const names = ["generateStream", "generate"] as const
type Name = (typeof names)[number]

const outcomeOf = (name: Name, served: Served): Effect.Effect<Outcome> => {
  const { calls, layer } = serving(served)
  return operations[name].run.pipe(
    Effect.provide(layer),
    Effect.tap((outcome) => Effect.sync(() => expectDocumented(name, outcome, calls.length)))
  )
}

/** An outcome as it can be compared. */
const shown = ({ exit, values }: Outcome): unknown => [
  values,
  Exit.isFailure(exit) ? [...Cause.failures(exit.cause)].map((error) => ({ ...error })) : "ended"
]

describe("a soup of the tokens of event streams", () => {
  for (const name of names) {
    holds(
      `is read by ${name} to a value or to a documented error, never to a defect`,
      served,
      (served) => Effect.asVoid(outcomeOf(name, served)),
      2
    )

    holds(
      `means the same to ${name} in one piece, in any pieces and byte by byte`,
      served,
      (served) =>
        Effect.gen(function* () {
          const expected = shown(yield* outcomeOf(name, { ...served, cuts: [] }))
          expect(shown(yield* outcomeOf(name, served))).toEqual(expected)
          const bytewise = Array.from({ length: served.body.length }, (_, i) => i)
          expect(shown(yield* outcomeOf(name, { ...served, cuts: bytewise }))).toEqual(expected)
        }),
      0.4
    )
  }
})
