import { describe, expect } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { ImagesSchema } from "effect-openrouter-images"
import { expectDocumented, operations, picturesOf } from "./support/outcome.js"
import { holds } from "./support/runs.js"
import { cuts, serving } from "./support/served.js"
import { bytesOf } from "./support/wire.js"

/** What may stand in the place of any field. */
const anything = FastCheck.oneof(
  FastCheck.jsonValue({ maxDepth: 3 }),
  FastCheck.constantFrom<unknown>(null, -1, 0, 0.04, "0.04", "free", 1e300, "1e999", [], {}, { usd: 1 }, "\ud800")
)

/** Some fields of an object, each with anything as its value. */
const odd = (...names: ReadonlyArray<string>) =>
  FastCheck.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] })

const usage = FastCheck.oneof(
  anything,
  odd(
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "cost",
    "cost_details",
    "is_byok",
    "input_tokens",
    "output_tokens"
  ),
  odd("upstream_inference_cost", "server_tool_cost").map((cost_details) => ({ cost: 0, cost_details })),
  odd("cached_tokens", "image_tokens").map((details) => ({ prompt_tokens_details: details }))
)

const picture = FastCheck.uint8Array({ minLength: 1, maxLength: 90 })

interface Item {
  readonly bytes: Uint8Array | undefined
  readonly json: unknown
}

const spelled = (bytes: Uint8Array, how: number): string => {
  const base64 = Buffer.from(bytes).toString("base64")
  if (how === 1) return `data:image/png;base64,${base64}`
  if (how === 2) return base64.replace(/(.{20})/g, "$1\n")
  return how === 3 ? Buffer.from(bytes).toString("base64url") : base64
}

const whole: FastCheck.Arbitrary<Item> = FastCheck.tuple(
  picture,
  FastCheck.nat({ max: 3 }),
  odd("media_type", "url")
).map(([bytes, how, beside]) => ({ bytes, json: { ...beside, b64_json: spelled(bytes, how) } }))

/** No picture: nothing that looks like base64 stands where one would be. */
const none: FastCheck.Arbitrary<Item> = FastCheck.constantFrom<unknown>(
  ...[null, 7, "text", [], {}, { b64_json: null }, { b64_json: "*" }, { b64_json: {} }, { url: "https://example.com" }],
  ...[{ error: { message: "blocked" } }, { media_type: "image/png" }]
).map((json) => ({ bytes: undefined, json }))

const items = FastCheck.tuple(
  whole,
  FastCheck.array(FastCheck.oneof({ weight: 2, arbitrary: whole }, { weight: 1, arbitrary: none }), { maxLength: 4 })
).chain(([first, others]) => FastCheck.shuffledSubarray([first, ...others], { minLength: others.length + 1 }))

const inputs = FastCheck.record({
  items,
  usage: FastCheck.option(usage, { nil: undefined }),
  beside: odd("created", "created_at", "id", "model", "object", "error", "faults", "generation_id"),
  contentType: FastCheck.constantFrom("application/json", "text/event-stream", "text/html", ""),
  head: FastCheck.constantFrom("", " \n", ": OPENROUTER PROCESSING\n\n", "\ufeff"),
  id: FastCheck.constantFrom("", "gen-7", "gen-img-1790983552-TOdyb7qrp6185EBMwzAV"),
  cuts
})

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")

describe("a whole picture is a success, whatever stands beside it", () => {
  for (const name of ["generate", "generateStream"] as const) {
    holds(
      `of ${name}`,
      inputs,
      ({ beside, contentType, cuts, head, id, items, usage }) => {
        const body = JSON.stringify({ ...beside, data: items.map(({ json }) => json), usage })
        const headers = { "content-type": contentType, "x-generation-id": id }
        const { calls, layer } = serving({ status: 200, headers, body: bytesOf(head + body), cuts, ending: "close" })
        return operations[name].run.pipe(
          Effect.provide(layer),
          Effect.flatMap((outcome) =>
            Effect.sync(() => {
              expectDocumented(name, outcome, calls.length)
              expect(Exit.isSuccess(outcome.exit), body).toBe(true)
              const wanted = items.flatMap(({ bytes }) => (bytes === undefined ? [] : [hex(bytes)]))
              expect(picturesOf(outcome).map(({ bytes }) => hex(bytes))).toEqual(wanted)
              for (const value of outcome.values) {
                const { created, faults = [] } = value as ImagesSchema.ImageGenerationResponse
                expect(created).toBeGreaterThanOrEqual(0)
                if (name === "generate") expect(faults).toHaveLength(items.length - wanted.length)
              }
            })
          )
        )
      },
      0.6
    )
  }
})

const wire = Schema.parseJson(ImagesSchema.ImageGenerationUsage)

describe("a usage of any shape", () => {
  holds(
    "has no number that is none, and crosses as JSON",
    usage,
    (json) =>
      Effect.sync(() => {
        if (typeof json !== "object" || json === null || Array.isArray(json)) return
        const read = Schema.decodeUnknownSync(ImagesSchema.ImageGenerationUsage)(json)
        const { additionalProperties: _, costDetails = {}, ...fields } = read
        for (const number of [...Object.values(fields), ...Object.values(costDetails)]) {
          if (typeof number === "number") expect(number >= 0 && Number.isFinite(number)).toBe(true)
        }
        const again = Schema.decodeSync(wire)(Schema.encodeSync(wire)(read))
        expect(JSON.parse(Schema.encodeSync(wire)(again))).toEqual(JSON.parse(Schema.encodeSync(wire)(read)))
      }),
    0.6
  )
})

/** What an envelope may hold, and whether that is a mark of OpenRouter's. */
const marks = ["error_type", "limit_source", "provider_name", "previous_errors", "routing_funnel"]

const envelopes = FastCheck.record({
  status: FastCheck.constantFrom(200, 400, 403, 408, 429, 500, 502, 503, 504, 520, 524, 529),
  code: FastCheck.constantFrom<unknown>(undefined, null, 200, 400, 429, 500, 502, "502", "server_error", 504),
  message: FastCheck.constantFrom<unknown>("no", "no", "no", "", undefined, null, 7),
  metadata: FastCheck.option(
    FastCheck.record(
      Object.fromEntries(
        [...marks, "raw", "reason"].map((name) => [name, FastCheck.constantFrom<unknown>("x", null, [])])
      ),
      { requiredKeys: [] }
    ),
    { nil: undefined }
  ),
  beside: FastCheck.record(
    { user_id: FastCheck.constantFrom("user_1", null), openrouter_metadata: FastCheck.constant({}) },
    { requiredKeys: [] }
  ),
  shape: FastCheck.constantFrom("envelope" as const, "flat" as const, "list" as const)
})

type Envelope = typeof envelopes extends FastCheck.Arbitrary<infer A> ? A : never

const bodyOf = ({ beside, code, message, metadata, shape }: Envelope): unknown => {
  const error = { code, message, metadata }
  return shape === "envelope"
    ? { error, ...beside }
    : shape === "flat"
      ? { ...error, ...beside }
      : [{ error, ...beside }]
}

/** DESIGN's rule, written anew: what proves that nothing was billed. */
const isProof = ({ beside, code, message, metadata = {}, shape, status }: Envelope): boolean => {
  const said = Number(typeof code === "string" || typeof code === "number" ? code : Number.NaN)
  const real = status === 200 ? (said >= 400 && said <= 599 ? said : 200) : status
  if ([408, 504, 524].includes(real)) return false
  if (status >= 400 && status < 500) return true
  const isMarked = [...marks.map((mark) => metadata[mark]), ...Object.values(beside)].some((mark) => mark != null)
  return shape === "envelope" && typeof message === "string" && (isMarked || (real >= 400 && code === real))
}

describe("an error costs nothing only with proof", () => {
  for (const name of ["generate", "generateStream"] as const) {
    holds(
      `of ${name}`,
      envelopes,
      (envelope) => {
        const body = bytesOf(JSON.stringify(bodyOf(envelope)))
        const headers = { "content-type": "application/json" }
        const { layer } = serving({ status: envelope.status, headers, body, cuts: [], ending: "close" })
        return operations[name].run.pipe(
          Effect.provide(layer),
          Effect.flatMap(({ exit }) =>
            Effect.sync(() => {
              const [failure = expect.fail("no error")] = Exit.isFailure(exit) ? Cause.failures(exit.cause) : []
              expect(failure.billing).toBe(isProof(envelope) ? "notBilled" : "unknown")
            })
          )
        )
      },
      0.4
    )
  }
})
