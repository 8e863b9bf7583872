import { describe, expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { expectDocumented, operations, picturesOf } from "./support/outcome.js"
import { holds } from "./support/runs.js"
import { cuts, serving } from "./support/served.js"
import { bytesOf } from "./support/wire.js"

/** A body in parts: what stands around, and pictures. */
type Part = string | Uint8Array

const written = (part: Part): string => (typeof part === "string" ? part : `"${Buffer.from(part).toString("base64")}"`)

const pictures = FastCheck.array(FastCheck.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 4 })

const jsonOf = (all: ReadonlyArray<Uint8Array>): ReadonlyArray<Part> => [
  ' \n{"created":7,"data":[',
  ...all.flatMap(
    (picture, i): ReadonlyArray<Part> => [`${i === 0 ? "" : ","}{"b64_json" : `, picture, ',"media_type":"image/png"}']
  ),
  '],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}'
]

const eventsOf = (all: ReadonlyArray<Uint8Array>): ReadonlyArray<Part> => [
  ": OPENROUTER PROCESSING\n\n",
  ...all.flatMap(
    (picture): ReadonlyArray<Part> => [
      'data: {"type":"image_generation.completed","b64_json":',
      picture,
      ',"created":7}\n\n'
    ]
  ),
  "data: [DONE]\n\n"
]

/** The pictures that are whole in the first `length` bytes: up to the quote that ends each. */
const wholeWithin = (parts: ReadonlyArray<Part>, length: number): ReadonlyArray<Uint8Array> => {
  let at = 0
  return parts.filter((part): part is Uint8Array => {
    at += written(part).length
    return typeof part !== "string" && at <= length
  })
}

const inputs = FastCheck.record({
  pictures,
  at: FastCheck.nat({ max: 2000 }),
  garbage: FastCheck.oneof(FastCheck.constant(new Uint8Array()), FastCheck.uint8Array({ maxLength: 12 })),
  cuts,
  ending: FastCheck.oneof(
    { weight: 8, arbitrary: FastCheck.constant("close" as const) },
    { weight: 8, arbitrary: FastCheck.constant("tear" as const) },
    { weight: 1, arbitrary: FastCheck.constant("stall" as const) }
  )
})

describe("no picture that arrived whole is lost, wherever the answer breaks off and whatever follows", () => {
  const cases = [
    ["generate", jsonOf, "application/json"],
    ["generate", eventsOf, "text/event-stream"],
    ["generateStream", eventsOf, "text/event-stream"],
    ["generateStream", jsonOf, "text/event-stream"]
  ] as const
  for (const [name, write, contentType] of cases) {
    holds(
      `by ${name} from ${write === jsonOf ? "JSON" : "events"}`,
      inputs,
      ({ at, cuts, ending, garbage, pictures }) => {
        const parts = write(pictures)
        const body = bytesOf(parts.map(written).join(""))
        const length = at % (body.length + 1)
        const sent = Uint8Array.from([...body.slice(0, length), ...garbage])
        const { calls, layer } = serving({
          status: 200,
          headers: { "content-type": contentType },
          body: sent,
          cuts,
          ending
        })
        return operations[name].run.pipe(
          Effect.provide(layer),
          Effect.flatMap((outcome) =>
            Effect.sync(() => {
              expectDocumented(name, outcome, calls.length)
              const expected = wholeWithin(parts, length)
              const arrived = picturesOf(outcome).map(({ bytes }) => Buffer.from(bytes).toString("hex"))
              const wanted = expected.map((bytes) => Buffer.from(bytes).toString("hex"))
              expect(arrived.slice(0, wanted.length)).toEqual(wanted)
            })
          )
        )
      },
      0.6
    )
  }
})
