import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Images } from "effect-openrouter-images"
import { json, scripted } from "../../support/memoryHttp.js"

const answered = (headers: Readonly<Record<string, string>>, body: object = {}) => {
  const told: Array<string> = []
  const { layer } = scripted([json(200, { created: 1, data: [{ b64_json: "UE5H" }], ...body }, headers)])
  const onGenerationId = (id: string) => Effect.sync(() => told.push(id))
  return Images.generate(
    { model: "a/b", prompt: "a cat" },
    { onGenerationId: (id) => Effect.asVoid(onGenerationId(id)) }
  ).pipe(
    Effect.map(({ generationId, providerName }) => ({ generationId, providerName, told })),
    Effect.provide(layer)
  )
}

describe("the head of an answer", () => {
  it.effect.each<[Readonly<Record<string, string>>, string | undefined, string | undefined]>([
    [{ "x-generation-id": "gen-1", "x-provider-name": "Black Forest Labs" }, "gen-1", "Black Forest Labs"],
    [{ "x-generation-id": "gen-1, gen-1" }, "gen-1", undefined],
    [{ "x-generation-id": " ", "x-provider-name": "" }, undefined, undefined]
  ])("with %j names the generation once, or none", ([headers, generationId, providerName]) =>
    Effect.map(answered(headers), (facts) =>
      expect(facts).toEqual({ generationId, providerName, told: generationId === undefined ? [] : [generationId] })
    )
  )

  it.effect("leaves it to the body where it names none", () =>
    Effect.map(answered({ "x-generation-id": "" }, { generation_id: "gen-2" }), ({ generationId }) =>
      expect(generationId).toBe("gen-2")
    )
  )
})
