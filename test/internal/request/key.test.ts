import { isDeepStrictEqual } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck, Option, Schema } from "effect"
import { ImagesSchema } from "effect-openrouter-images"
import { requestKey, seededKey } from "../../../src/internal/request/key.js"

type Request = ImagesSchema.ImageGenerationRequest

/** No -0, which JSON has not, and no key that would set a prototype. */
const json = FastCheck.dictionary(FastCheck.string(), FastCheck.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>)
  .filter((value) => !JSON.stringify(value).includes("__proto__"))

/** White space alone is no text for a model or a prompt. */
const text = FastCheck.string({ minLength: 1 }).filter((text) => text.trim() !== "")
const reference = FastCheck.webUrl().map((url) => ({ type: "image_url" as const, imageUrl: { url } }))

const anyRequest = FastCheck.record(
  {
    model: text,
    prompt: text,
    n: FastCheck.integer({ min: 1, max: 10 }),
    resolution: text,
    aspectRatio: text,
    size: text,
    quality: text,
    outputFormat: text,
    background: text,
    outputCompression: FastCheck.integer({ min: 0, max: 100 }),
    seed: FastCheck.maxSafeInteger(),
    inputReferences: FastCheck.array(reference, { maxLength: 3 }),
    provider: FastCheck.record(
      { only: FastCheck.array(text), sort: text, options: FastCheck.dictionary(text, json, { maxKeys: 2 }) },
      { requiredKeys: [] }
    ),
    sessionId: text,
    user: text,
    trace: json
  },
  { requiredKeys: ["model", "prompt"] }
)

const keyOf = (request: Request) => Effect.runPromise(requestKey(request))

/** The same value, its keys the other way round at every depth. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, item]) => [name, turned(item)])
  )
}

/** What a request is on the wire, apart from who asks. */
const onWire = (request: Request): unknown => {
  const { session_id, trace, user, ...rest } = Schema.encodeSync(ImagesSchema.ImageGenerationRequest)(request)
  return JSON.parse(JSON.stringify(rest))
}

const fields = [
  ...(["model", "prompt", "n", "resolution", "aspectRatio", "size", "quality", "outputFormat", "background"] as const),
  ...(["outputCompression", "seed", "inputReferences", "provider", "sessionId", "user", "trace"] as const)
]

describe("a request's key", () => {
  it("is not changed by the order of keys, nor by who asks", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(anyRequest, anyRequest, async (request, other) => {
        const key = await keyOf(request)
        expect(Option.getOrThrow(key)).toMatch(/^[0-9a-f]{64}$/)
        expect(await keyOf(turned(request) as Request)).toEqual(key)
        const { sessionId, trace, user } = other
        expect(await keyOf({ ...request, sessionId, trace, user })).toEqual(key)
      })
    ))

  it("is changed by everything else", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(
        anyRequest,
        anyRequest,
        FastCheck.constantFrom(...fields),
        async (request, other, field) => {
          const changed = { ...request, [field]: other[field] ?? request[field] }
          const same = isDeepStrictEqual(onWire(changed), onWire(request))
          expect(isDeepStrictEqual(await keyOf(changed), await keyOf(request))).toBe(same)
        }
      )
    ))

  it.effect("takes fields that nobody documents as they are, and the form of the answer not at all", () =>
    Effect.gen(function* () {
      const request = { model: "a/b", prompt: "x", style: { b: [1, { d: 1, c: 2 }], a: "y" } }
      const key = yield* requestKey(request)
      const same = { style: { a: "y", b: [1, { c: 2, d: 1 }] }, prompt: "x", model: "a/b", stream: true }
      const swapped = { ...request, style: { b: [{ d: 1, c: 2 }, 1], a: "y" } }
      expect(yield* requestKey(same)).toEqual(key)
      expect(yield* requestKey(swapped)).not.toEqual(key)
    })
  )

  it.effect("is the SHA-256 of the sorted JSON", () =>
    Effect.gen(function* () {
      const text = '{"model":"a/b","output_format":"png","prompt":"x","seed":7}'
      const digest = yield* Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))
      const key = yield* requestKey({ seed: 7, prompt: "x", outputFormat: "png", model: "a/b", user: "u" })
      expect(key).toEqual(Option.some(Buffer.from(digest).toString("hex")))
    })
  )

  it.effect("is none for a request that is not valid, and where a seed is needed for one without", () =>
    Effect.gen(function* () {
      expect(yield* requestKey({ model: "a/b", prompt: "" })).toEqual(Option.none())
      expect(yield* seededKey({ model: "a/b", prompt: "x" })).toEqual(Option.none())
      expect(yield* seededKey({ model: "a/b", prompt: "x", seed: 0 })).toEqual(
        yield* requestKey({ model: "a/b", prompt: "x", seed: 0 })
      )
    })
  )
})
