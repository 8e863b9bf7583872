import { HttpClient, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Stream, type Tracer } from "effect"
import { Client, GeneratedImage, Images, InputReference, Retry } from "effect-openrouter-images"
import { watching } from "../../support/tracing.js"

const key = "sk-or-v1-5ca1ab1e0ddba11cafe"
const picture = GeneratedImage.make(new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>"))
const prompt = "a red panda in the snow"
const request = { model: "author/slug", prompt, user: "me", inputReferences: [InputReference.fromImage(picture)] }

const operations = {
  generate: Effect.asVoid(Images.generate(request)),
  generateStream: Stream.runDrain(Images.generateStream(request)),
  listModels: Effect.asVoid(Images.listModels()),
  listModelEndpoints: Effect.asVoid(Images.listModelEndpoints("author/slug"))
}
const names = ["generate", "generateStream", "listModels", "listModelEndpoints"] as const

const answers = {
  picture: () =>
    Response.json({ created: 1, data: [{ b64_json: picture.b64Json }] }, { headers: { "x-generation-id": "gen-1" } }),
  models: () => Response.json({ data: [] }),
  endpoints: () => Response.json({ id: "author/slug", endpoints: [] }),
  refusal: () =>
    Response.json({ error: { code: 400, message: `no ${prompt} for ${key}: ${picture.b64Json}` } }, { status: 400 }),
  echo: () =>
    Response.json({ error: { code: 500, message: "no" } }, { status: 500, headers: { "x-echo": `Bearer ${key}` } }),
  broken: () =>
    Response.json({ created: "never", data: [{ b64_json: picture.b64Json }, { b64_json: `${picture.b64Json}*` }] })
}

/** Runs an effect against one answer and gives every span that it made. */
const spansOf = (effect: Effect.Effect<void, unknown, Images.Images>, answer: () => Response) =>
  Effect.gen(function* () {
    const spans: Array<Tracer.Span> = []
    const collecting = yield* watching((span) => void spans.push(span))
    const http = HttpClient.make((request) => Effect.sync(() => HttpClientResponse.fromWeb(request, answer())))
    const images = Images.layer.pipe(
      Layer.provide(Client.layer({ apiKey: Redacted.make(key), retry: Retry.none })),
      Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
    )
    yield* effect.pipe(Effect.exit, Effect.provide(images), Effect.withTracer(collecting))
    return spans
  })

const attributesOf = (spans: ReadonlyArray<Tracer.Span>): string =>
  JSON.stringify(spans.map(({ attributes, name }) => [name, ...attributes]))

const secrets = [key, prompt, picture.b64Json]

const cases = [
  ["generate", "picture"],
  ["generate", "refusal"],
  ["generate", "broken"],
  ["generateStream", "picture"],
  ["generateStream", "refusal"],
  ["listModels", "models"],
  ["listModels", "refusal"],
  ["listModelEndpoints", "endpoints"],
  ["listModelEndpoints", "refusal"]
] as const

describe("the spans", () => {
  it.effect.each(names)("of %s are the operation's own", (name) =>
    Effect.gen(function* () {
      const spans = yield* spansOf(operations[name], answers.refusal)
      expect(spans.map(({ name }) => name).filter((name) => name.startsWith("Images."))).toEqual([`Images.${name}`])
    })
  )

  it.effect.each(["generate", "generateStream"] as const)("of %s name the model", (name) =>
    Effect.gen(function* () {
      const spans = yield* spansOf(operations[name], answers.picture)
      expect(spans.find((span) => span.name === `Images.${name}`)?.attributes.get("model")).toBe("author/slug")
    })
  )

  it.effect.each(cases)("of %s hold neither the prompt nor the key nor a picture (answer: %s)", ([name, answer]) =>
    Effect.gen(function* () {
      const text = attributesOf(yield* spansOf(operations[name], answers[answer]))
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
    })
  )

  it.effect("do not hold the key, even where a server echoes it in a header", () =>
    Effect.gen(function* () {
      expect(attributesOf(yield* spansOf(operations.generate, answers.echo))).not.toContain(key)
    })
  )
})
