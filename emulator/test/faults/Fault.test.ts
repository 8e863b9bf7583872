import { HttpBody, HttpClient, type HttpClientResponse } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Emulator, Fault } from "effect-openrouter-images-emulator"

const request = { model: "openai/gpt-image-1-mini", prompt: "a boat", size: "16x16" }

/** One answer, in the emulator's own ledger before and after. */
const answer = (fault: Fault.Fault, body: object = {}, path = "") =>
  Effect.gen(function* () {
    const { baseUrl, ledger, reset, script } = yield* Emulator.Emulator
    yield* reset
    yield* script([fault])
    const client = yield* HttpClient.HttpClient
    const url = `${baseUrl}/images${path}`
    const response: HttpClientResponse.HttpClientResponse = yield* path === ""
      ? client.post(url, {
          headers: { authorization: "Bearer key" },
          body: HttpBody.text(JSON.stringify({ ...request, ...body }), "application/json")
        })
      : client.get(url)
    const text = yield* response.text
    return { status: response.status, headers: response.headers, text, billed: yield* ledger }
  })

const json = (fault: Fault.Fault, body?: object, path?: string) =>
  Effect.map(answer(fault, body, path), ({ text }) => JSON.parse(text))

const completion = [false, true] as const

describe("a fault", () => {
  layer(Emulator.layerClient, { excludeTestServices: true })((it) => {
    for (const afterCompletion of completion) {
      const when = afterCompletion ? "after the generation has completed, which is billed" : "before anything is drawn"

      it.effect(`in each of OpenRouter's own words comes ${when}`, () =>
        Effect.forEach(Fault.recorded, (as) =>
          Effect.gen(function* () {
            const { billed, headers, status } = yield* answer({ _tag: "Recorded", as, afterCompletion })
            expect({ as, status, billed: billed.length }).toMatchObject({ as, billed: afterCompletion ? 1 : 0 })
            expect(status).toBeGreaterThanOrEqual(400)
            expect(headers).not.toHaveProperty("retry-after")
          })
        )
      )

      it.effect(`with each body comes ${when}, as a failure and in a success`, () =>
        Effect.forEach(
          [
            ...Fault.shapes.map((shape) => ({ shape })),
            ...(["envelope", "html", "empty", "text"] as const).map((body) => ({ body }))
          ],
          (body) =>
            Effect.forEach([undefined, 200], (httpStatus) =>
              Effect.gen(function* () {
                const error = { message: "no luck" }
                const fault = { _tag: "Status" as const, status: 502, ...body, error, afterCompletion }
                const seen = yield* answer(httpStatus === undefined ? fault : { ...fault, httpStatus })
                expect([body, seen.status, seen.billed.length]).toEqual([
                  body,
                  httpStatus ?? 502,
                  afterCompletion ? 1 : 0
                ])
              })
            )
        )
      )
    }

    it.effect("tells a wait in the head, in the body, or in both", () =>
      Effect.gen(function* () {
        const told = (at: "head" | "body" | "both") =>
          Effect.map(
            answer({ _tag: "Recorded", as: "inFlightBudget", wait: { seconds: 3, at } }),
            ({ headers, text }) => [headers["retry-after"], JSON.parse(text).error.metadata.retry_after_seconds]
          )
        expect(yield* Effect.all([told("head"), told("body"), told("both")])).toEqual([
          ["3", undefined],
          [undefined, 3],
          ["3", 3]
        ])
      })
    )

    it.effect("has the shapes that gateways send", () =>
      Effect.gen(function* () {
        const said = (shape: (typeof Fault.shapes)[number]) =>
          json({ _tag: "Status", status: 500, shape, error: { message: "no luck" } })
        expect(
          yield* Effect.all({
            upstreamError: said("upstreamError"),
            errorText: said("errorText"),
            detail: said("detail"),
            message: said("message"),
            codeMessage: said("codeMessage"),
            noPictures: said("noPictures")
          })
        ).toEqual({
          upstreamError: { error: { type: "upstream_error", message: "no luck" } },
          errorText: { error: "no luck" },
          detail: { detail: "no luck" },
          message: { message: "no luck" },
          codeMessage: { code: 500, message: "no luck" },
          noPictures: { created: 0, data: [], error: "no luck" }
        })
        const exact = yield* answer({
          ...{ _tag: "Status", status: 200, text: "<p>hello" },
          headers: { "content-type": "text/html" }
        })
        expect([exact.text, exact.headers["content-type"]]).toEqual(["<p>hello", "text/html"])
        const moved = yield* answer({ _tag: "Status", status: 307, body: "empty", headers: { location: "/other" } })
        expect([moved.status, moved.headers["location"], moved.billed]).toEqual([307, "/other", []])
      })
    )

    it.effect("edits a right answer, which is billed, in one thing", () =>
      Effect.gen(function* () {
        const edited = (how: Fault.Edit["how"]) => json({ _tag: "Edit", how }, { n: 2 })
        const { usage } = yield* edited("byok")
        expect(usage).toMatchObject({
          ...{ cost: 0, is_byok: true },
          cost_details: { upstream_inference_cost: 0.000022 }
        })
        expect((yield* edited("usageOpenAi")).usage).toEqual({ input_tokens: 3, output_tokens: 2, total_tokens: 5 })
        expect((yield* edited("costText")).usage.cost).toBe("0.000022")
        expect((yield* edited("costNegative")).usage.cost).toBe(-5)
        expect((yield* edited("costHuge")).usage.cost).toBe(Number.POSITIVE_INFINITY)
        expect(yield* edited("createdMissing")).not.toHaveProperty("created")
        expect((yield* edited("pictureNull")).data).toMatchObject([{ media_type: "image/png" }, null])
        expect((yield* edited("url")).data[0]).not.toHaveProperty("b64_json")
        expect((yield* edited("dataUrl")).data[1].b64_json).toMatch(/^data:image\/png;base64,iVBOR/)
        expect((yield* edited("wrapped")).data[0].b64_json).toMatch(/^.{76}\n/)
        expect((yield* edited("wrongMediaType")).data[0].media_type).toBe("image/jpeg")
      })
    )

    it.effect("edits every answer to another, but for what it has not, and bills each once", () =>
      Effect.forEach(Fault.edits, (how) =>
        Effect.gen(function* () {
          const seed = { seed: undefined, n: 2 }
          const { billed, status } = yield* answer({ _tag: "Edit", how }, seed)
          expect([how, status, billed.length]).toEqual([how, 200, 1])
          const stream = yield* answer({ _tag: "Edit", how }, { stream: true })
          expect([how, stream.status, stream.billed.length]).toEqual([how, 200, 1])
        })
      )
    )

    it.effect("edits the first model of the list, the first endpoint, and its first price", () =>
      Effect.gen(function* () {
        const { data } = yield* json({ _tag: "Edit", how: "oddModel" }, {}, "/models")
        expect([data[0].name, data[0].description, typeof data[1].name]).toEqual([7, null, "string"])
        const path = "/models/openai/gpt-image-1/endpoints"
        const { endpoints } = yield* json({ _tag: "Edit", how: "oddEndpoint" }, {}, path)
        expect([endpoints[0].provider_name, endpoints[1].provider_name]).toEqual([null, "Azure"])
        const odd = yield* json({ _tag: "Edit", how: "oddPrice" }, {}, path)
        expect(odd.endpoints[0].pricing.map(({ cost_usd }: { cost_usd: unknown }) => typeof cost_usd)).toEqual([
          ...["string", "number", "number"]
        ])
      })
    )

    it.effect("sends events to who asked for none, comments before JSON, and a body under another label", () =>
      Effect.gen(function* () {
        const events = yield* answer({ _tag: "Edit", how: "asEvents" }, { n: 2 })
        expect(events.headers["content-type"]).toBe("text/event-stream")
        expect(events.text.match(/^data: \{"type":"image_generation\.completed"/gm)).toHaveLength(2)
        expect(events.text.match(/"usage"/g)).toHaveLength(1)
        const list = yield* answer({ _tag: "Edit", how: "asEvents" }, {}, "/models/openai/gpt-image-1/endpoints")
        expect([list.status, list.headers["content-type"]]).toEqual([200, "application/json"])
        expect((yield* answer({ _tag: "Edit", how: "commentsFirst" })).text).toMatch(
          /^: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n\{"created"/
        )
        const labelled = yield* answer({ _tag: "Edit", how: "mislabelled" }, { stream: true })
        expect(labelled.headers["content-type"]).toBe("text/plain")
        const other = yield* answer({ _tag: "Edit", how: "editEvents" }, { stream: true })
        expect(other.text).not.toContain("image_generation.")
        expect(other.text).toContain('{"type":"image_edit.completed"')
      })
    )

    it.effect("tells of a failure within a stream in each shape, and bills only what had completed", () =>
      Effect.forEach(Fault.errorShapes, (error) =>
        Effect.forEach(completion, (afterCompletion) =>
          Effect.gen(function* () {
            const fault = { _tag: "Stream", how: "error", error, afterCompletion } as const
            const { billed, text } = yield* answer(fault, { stream: true })
            const last = text.trim().split("\n\n").at(-1) ?? ""
            expect([error, last]).toEqual([error, expect.stringContaining("The provider failed")])
            expect(/^(event: error\n)?data: /.test(last)).toBe(error !== "bare")
            expect(text).not.toContain("image_generation.completed")
            expect(billed).toHaveLength(afterCompletion ? 1 : 0)
          })
        )
      )
    )
  })
})
