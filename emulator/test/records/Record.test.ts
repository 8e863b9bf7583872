import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import recorded from "../fixtures/generation.json" with { type: "json" }
import { appearedRecordOf, generate, generated, get, recordOf, small } from "../support/calls.js"
import { shapeOf } from "../support/shape.js"

const environments: Readonly<Record<string, Layer.Layer<Emulator.Emulator | HttpClient.HttpClient, unknown>>> = {
  "in memory": Emulator.layerClient,
  "over HTTP": Layer.merge(FetchHttpClient.layer, Emulator.layerServer())
}

for (const [name, environment] of Object.entries(environments)) {
  describe(`the record of a generation, ${name}`, () => {
    layer(environment, { excludeTestServices: true })((it) => {
      it.effect("has the fields that were recorded, in their order and of their kinds", () =>
        Effect.gen(function* () {
          const { body, status } = yield* recordOf(yield* generated())
          expect(status).toBe(200)
          expect(shapeOf(body)).toEqual(shapeOf(recorded))
        })
      )

      it.effect("says of a completed one what its answer and the ledger say", () =>
        Effect.gen(function* () {
          const { ledger, reset } = yield* Emulator.Emulator
          yield* reset
          const before = Date.now()
          const headers = { authorization: "Bearer key", "http-referer": "https://example.com/" }
          const response = yield* generate({ n: 2, user: "user-1", session_id: "session-1" }, { headers })
          const { usage } = JSON.parse(yield* response.text)
          const id = response.headers["x-generation-id"]
          const { data } = (yield* recordOf(id)).body
          expect(data).toMatchObject({
            ...{ id, model: small.model, streamed: false, cancelled: false, is_byok: false, finish_reason: "complete" },
            ...{ total_cost: usage.cost, usage: usage.cost, upstream_inference_cost: 0, num_media_completion: 2 },
            ...{ tokens_prompt: usage.prompt_tokens, tokens_completion: usage.completion_tokens },
            ...{ native_tokens_completion_images: usage.completion_tokens, provider_name: "OpenAI" },
            ...{ external_user: "user-1", session_id: "session-1", origin: "https://example.com/" },
            provider_responses: [{ status: 200, latency: data.generation_time, provider_name: "OpenAI" }]
          })
          const [entry] = yield* ledger
          expect(entry).toMatchObject({ generationId: id, costUsd: data.total_cost, isByok: false })
          const [created, completed] = [Date.parse(data.created_at), Date.parse(entry?.completedAt ?? "")]
          expect(completed - created).toBe(data.generation_time)
          expect(created).toBeGreaterThanOrEqual(before)
          expect(completed).toBeLessThanOrEqual(Date.now())
        })
      )

      it.effect("is there for one that failed, which cost nothing", () =>
        Effect.gen(function* () {
          const { ledger, reset } = yield* Emulator.Emulator
          yield* reset
          for (const [fault, status, body] of [
            [{ _tag: "Status", status: 529 }, 529, {}],
            [{ _tag: "Recorded", as: "upstreamRateLimit" }, 429, {}],
            [{ _tag: "Recorded", as: "moderation" }, 403, {}],
            [{ _tag: "Stream", how: "error" }, 502, { stream: true }],
            [{ _tag: "Stream", how: "endEarly" }, 502, { stream: true }]
          ] as const) {
            const { data } = (yield* recordOf(yield* generated(body, fault))).body
            expect(data).toMatchObject({
              ...{ total_cost: 0, usage: 0, cancelled: false, finish_reason: "error", num_media_completion: 0 },
              ...{ tokens_completion: 0, provider_responses: [{ status }] }
            })
          }
          expect(yield* ledger).toEqual([])
        })
      )

      it.effect("is there for one that the client left before it had completed", () =>
        Effect.gen(function* () {
          const response = yield* generate({ stream: true }, { fault: { _tag: "Stall", at: "body", bytes: 10 } })
          const id = response.headers["x-generation-id"]
          expect((yield* recordOf(id)).status).toBe(404)
          yield* Stream.runHead(response.stream)
          const { body } = yield* appearedRecordOf(id)
          expect(body.data).toMatchObject({
            ...{ cancelled: true, total_cost: 0, usage: 0, finish_reason: null, num_media_completion: 0 },
            provider_responses: [{ status: null }]
          })
        })
      )

      it.effect("says that one was cancelled whose stream broke off, unless it had completed", () =>
        Effect.forEach([false, true], (afterCompletion) =>
          Effect.gen(function* () {
            const id = yield* generated({ stream: true }, { _tag: "Reset", at: "body", afterCompletion })
            const { data } = (yield* recordOf(id)).body
            expect([data.cancelled, data.total_cost > 0]).toEqual([!afterCompletion, afterCompletion])
          })
        )
      )

      it.effect("says what the provider charged to a key of the user's own", () =>
        Effect.gen(function* () {
          const { ledger, reset } = yield* Emulator.Emulator
          yield* reset
          const { data } = (yield* recordOf(yield* generated({}, { _tag: "Edit", how: "byok" }))).body
          const [entry] = yield* ledger
          expect(entry?.isByok).toBe(true)
          expect(data).toMatchObject({
            ...{ is_byok: true, total_cost: 0, usage: 0, upstream_inference_cost: entry?.costUsd },
            provider_responses: [{ is_byok: true }]
          })
        })
      )

      it.effect("is not there for what was refused: no head gives out an id", () =>
        Effect.gen(function* () {
          for (const [body, fault] of [
            [{ size: "no size" }, undefined],
            [{ model: "no/such" }, undefined],
            [{}, { _tag: "Recorded", as: "keyLimit" }],
            [{}, { _tag: "Recorded", as: "dataPolicy" }],
            [{}, { _tag: "Status", status: 401 }],
            [{}, { _tag: "Status", status: 429 }]
          ] as const) {
            expect(yield* generated(body, fault)).toBeUndefined()
          }
          const ofProvider = { metadata: { provider_name: "OpenAI" } }
          const id = yield* generated({}, { _tag: "Status", status: 429, error: ofProvider })
          expect((yield* recordOf(id)).body.data.provider_responses[0].status).toBe(429)
        })
      )

      it.effect("is asked for with a key, and by the id of a generation", () =>
        Effect.gen(function* () {
          const id = yield* generated()
          expect(yield* get(`/generation?id=${id}`, { headers: {} })).toMatchObject({
            status: 401,
            body: { error: { message: "Missing Authentication header", code: 401 } }
          })
          expect(yield* recordOf("gen-img-1-none")).toMatchObject({
            status: 404,
            body: { error: { message: "Generation gen-img-1-none not found", code: 404 } }
          })
          for (const path of ["/generation", "/generation?id="]) {
            const { body, status } = yield* get(path)
            expect([status, body.error.code, body.error.message]).toEqual([400, 400, expect.stringMatching(/^id: /)])
          }
        })
      )
    })
  })
}
