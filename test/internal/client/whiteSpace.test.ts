import { HttpClient, type HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Stream } from "effect"
import { Client, Errors, Images, Retry } from "effect-openrouter-images"
import { faultOf, variables } from "../../support/variables.js"

const key = "sk-or-v1-5ca1ab1e0ddba11cafe"
const id = "author/slug"

/** A server that echoes the key of each request in its error, and what was sent. */
const echoing = (
  client: (http: Layer.Layer<HttpClient.HttpClient>) => Layer.Layer<Client.OpenRouterClient, unknown>
) => {
  const sent: Array<HttpClientRequest.HttpClientRequest> = []
  const http = HttpClient.make((request) =>
    Effect.sync(() => {
      sent.push(request)
      const message = `no access for ${request.headers["authorization"]}`
      return HttpClientResponse.fromWeb(request, Response.json({ error: { code: 401, message } }, { status: 401 }))
    })
  )
  return { sent, layer: Layer.provide(Images.layer, client(Layer.succeed(HttpClient.HttpClient, http))) }
}

const withOptions = (options: Client.ClientOptions) =>
  echoing((http) => Layer.provide(Client.layer({ retry: Retry.none, ...options }), http))

const withVariables = (environment: Readonly<Record<string, string>>) =>
  echoing((http) => Client.layerConfig().pipe(Layer.provide(http), Layer.provide(variables(environment))))

const operations = {
  generate: (model: string) => Effect.asVoid(Images.generate({ model, prompt: " a red panda " })),
  generateStream: (model: string) => Stream.runDrain(Images.generateStream({ model, prompt: " a red panda " })),
  listModelEndpoints: (model: string) => Effect.asVoid(Images.listModelEndpoints(model))
}

const around = ["", " ", "\n", "\r\n", "\t", "\u00a0", "\ufeff"]

describe.each(Object.entries(operations))("white space around what %s is given", (_, run) => {
  it.effect.each(around)("is left out of the key, the base URL and the model: %j", (space) =>
    Effect.gen(function* () {
      const { layer, sent } = withOptions({
        apiKey: Redacted.make(`${space}${key}${space}`),
        baseUrl: `${space}https://gateway.example/api/v1/${space}`
      })
      const error = yield* Effect.flip(run(`${space}${id}${space}`)).pipe(Effect.provide(layer))
      expect(sent.map(({ headers }) => headers["authorization"])).toEqual([`Bearer ${key}`])
      expect(sent[0]?.url).toMatch(/^https:\/\/gateway\.example\/api\/v1\/images(\/models\/author\/slug\/endpoints)?$/)
      // What is masked is what was sent.
      expect([String(error), JSON.stringify(error)].join()).not.toContain(key)
    })
  )
})

describe("white space around", () => {
  it.effect("a model is left out of the body, and that around a prompt stays", () =>
    Effect.gen(function* () {
      const { layer, sent } = withOptions({ apiKey: Redacted.make(key) })
      yield* Effect.flip(operations.generate(`\n${id} `)).pipe(Effect.provide(layer))
      const { body } = sent[0] as HttpClientRequest.HttpClientRequest
      const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
      expect(JSON.parse(text)).toEqual({ model: id, prompt: " a red panda " })
    })
  )

  it.effect("author and slug is left out", () =>
    Effect.gen(function* () {
      const { layer, sent } = withOptions({})
      yield* Effect.flip(Images.listModelEndpoints({ author: " author", slug: "slug\n" })).pipe(Effect.provide(layer))
      expect(sent.map(({ url }) => url)).toEqual(["https://openrouter.ai/api/v1/images/models/author/slug/endpoints"])
    })
  )

  it.effect("the base URL of a call is left out", () =>
    Effect.gen(function* () {
      const { layer, sent } = withOptions({})
      yield* Effect.flip(Images.listModels({ baseUrl: " https://gateway.example/v1\n" })).pipe(Effect.provide(layer))
      expect(sent.map(({ url }) => url)).toEqual(["https://gateway.example/v1/images/models"])
    })
  )

  it.effect("the variables of the environment is left out", () =>
    Effect.gen(function* () {
      const { layer, sent } = withVariables({
        OPENROUTER_API_KEY: ` ${key}\n`,
        OPENROUTER_BASE_URL: "https://gateway.example/v1 \n"
      })
      yield* Effect.flip(operations.generate(id)).pipe(Effect.provide(layer))
      expect(sent.map(({ url }) => url)).toEqual(["https://gateway.example/v1/images"])
      expect(sent[0]?.headers["authorization"]).toBe(`Bearer ${key}`)
    })
  )

  it.effect.each(["", " ", "\n\t"])("nothing at all is no model: %j", (model) =>
    Effect.gen(function* () {
      const { layer, sent } = withOptions({})
      const error = yield* Effect.flip(operations.generate(model)).pipe(Effect.provide(layer))
      expect(error).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["model"] }] })
      expect(sent).toEqual([])
    })
  )
})

describe("white space within", () => {
  it.effect.each(["https://gateway .example/v1", "https://gateway.example/a pi/v1", "https://gateway.example/\nv1"])(
    "a base URL is refused: %j",
    (baseUrl) =>
      Effect.gen(function* () {
        const { layer, sent } = withOptions({ baseUrl })
        const error = yield* Effect.flip(Images.listModels()).pipe(Effect.provide(layer))
        expect(error).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["baseUrl"] }] })
        expect(error.message).toMatch(/white space|absolute http\(s\) URL/)
        expect(sent).toEqual([])
      })
  )

  it.effect("a key is refused, and not shown", () =>
    Effect.gen(function* () {
      const { layer, sent } = withOptions({ apiKey: Redacted.make(`${key} ${key}`) })
      const error = yield* Effect.flip(Images.listModels()).pipe(Effect.provide(layer))
      expect(error.message).toContain("holds white space")
      expect(error.message).not.toContain(key)
      expect(sent).toEqual([])
    })
  )
})

/** Keys as they are copied from a file of variables, and from an example of curl. */
const dressed: ReadonlyArray<readonly [value: string, says: string]> = [
  [`"${key}"`, "quotes"],
  [`'${key}'`, "quotes"],
  [`\`${key}\``, "quotes"],
  [`\u201c${key}\u201d`, "quotes"],
  [`${key}"`, "quotes"],
  [` "${key}"\n`, "quotes"],
  [`"Bearer ${key}"`, "quotes"],
  [`Bearer ${key}`, "`Bearer`"],
  [`bearer ${key}`, "`Bearer`"],
  [`  BEARER\t${key}`, "`Bearer`"],
  [`Authorization: Bearer ${key}`, "`Bearer`"]
]

describe("a key that is not the key alone", () => {
  it.effect.each(dressed)("is refused before anything is sent, and not shown: %s", ([value, says]) =>
    Effect.gen(function* () {
      const { layer, sent } = withOptions({ apiKey: Redacted.make(value) })
      const error = yield* Effect.flip(operations.generate(id)).pipe(Effect.provide(layer))
      expect(error).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["apiKey"] }] })
      expect(error.message).toContain(`leave out ${says === "quotes" ? "the quotes" : says}`)
      expect([Errors.format(error), JSON.stringify(error)].join()).not.toContain(key)
      expect(sent).toEqual([])
    })
  )

  it.effect.each(dressed)("is a ConfigError where it comes from the environment, and not shown: %s", ([value, says]) =>
    Effect.gen(function* () {
      const { layer } = withVariables({ OPENROUTER_API_KEY: value })
      const error = yield* Effect.flip(operations.generate(id).pipe(Effect.provide(layer)))
      expect(faultOf(error)).toEqual(["OPENROUTER_API_KEY", "invalid"])
      expect(String(error)).toContain(says)
      expect(String(error)).not.toContain(key)
    })
  )
})
