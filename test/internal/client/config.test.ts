import { HttpClient, type HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Config, Duration, Effect, Either, Inspectable, Layer, Redacted, Schedule } from "effect"
import type { ConfigError } from "effect/ConfigError"
import { Client, Errors, Images, Retry } from "effect-openrouter-images"
import { noAnswer } from "../../support/clientFailure.js"
import { faultOf, variables } from "../../support/variables.js"

const key = "sk-or-v1-5ca1ab1e0ddba11cafe"
const request = { model: "author/slug", prompt: "a red panda in the snow" }

type ClientLayer = Layer.Layer<Client.OpenRouterClient, ConfigError, HttpClient.HttpClient>

/** Makes one generation with a client of these variables; gives each request that it sent and how the call ended. */
const run = (
  client: ClientLayer,
  environment: Readonly<Record<string, string>>,
  statuses: ReadonlyArray<number> = []
) =>
  Effect.gen(function* () {
    const sent: Array<HttpClientRequest.HttpClientRequest> = []
    const http = HttpClient.make((request, url) =>
      Effect.sync(() => {
        sent.push({ ...request, url: url.href })
        const status = statuses[sent.length - 1]
        const answer = Response.json({ created: 1, data: [{ b64_json: "iVBORw0KGgo=" }] })
        return HttpClientResponse.fromWeb(request, status === undefined ? answer : new Response("{}", { status }))
      })
    )
    const result = yield* Effect.either(Images.generate(request)).pipe(
      Effect.provide(
        Images.layer.pipe(
          Layer.provide(client),
          Layer.provide(Layer.succeed(HttpClient.HttpClient, http)),
          Layer.provide(variables(environment))
        )
      )
    )
    return { sent: sent.map(({ headers, url }) => ({ url, headers: { ...headers } })), ended: Either.merge(result) }
  })

/** What the layer fails with, and everything that a program could print of it. */
const refusal = (client: ClientLayer, environment: Readonly<Record<string, string>>) =>
  Effect.map(Effect.flip(run(client, environment)), (error) => ({
    error,
    text: [String(error), JSON.stringify(error), Inspectable.toStringUnknown(error)].join("\n")
  }))

describe("layerConfig without an argument", () => {
  it.effect("reads the five variables of the official SDK", () =>
    Effect.gen(function* () {
      const { sent } = yield* run(Client.layerConfig(), {
        OPENROUTER_API_KEY: key,
        OPENROUTER_BASE_URL: "https://proxy.example/v9",
        OPENROUTER_HTTP_REFERER: "https://panda.example",
        OPENROUTER_APP_TITLE: "Panda",
        OPENROUTER_APP_CATEGORIES: "art,games"
      })
      expect(sent).toMatchObject([
        {
          url: "https://proxy.example/v9/images",
          headers: {
            authorization: `Bearer ${key}`,
            "http-referer": "https://panda.example",
            "x-openrouter-title": "Panda",
            "x-openrouter-categories": "art,games"
          }
        }
      ])
    })
  )

  it.effect("needs the key only", () =>
    Effect.gen(function* () {
      const { sent } = yield* run(Client.layerConfig(), { OPENROUTER_API_KEY: key })
      expect(sent.map(({ url }) => url)).toEqual(["https://openrouter.ai/api/v1/images"])
      expect(Object.keys(sent[0]?.headers ?? {}).sort()).toEqual([
        "accept",
        "authorization",
        "content-length",
        "content-type"
      ])
    })
  )

  it.effect("takes an optional variable that is empty for one that is not set", () =>
    Effect.gen(function* () {
      const { sent } = yield* run(Client.layerConfig(), {
        OPENROUTER_API_KEY: key,
        OPENROUTER_BASE_URL: "",
        OPENROUTER_HTTP_REFERER: "",
        OPENROUTER_APP_TITLE: "",
        OPENROUTER_APP_CATEGORIES: ""
      })
      expect(sent.map(({ url }) => url)).toEqual(["https://openrouter.ai/api/v1/images"])
      expect(Object.keys(sent[0]?.headers ?? {}).filter((name) => /referer|openrouter/.test(name))).toEqual([])
    })
  )

  it.effect("names the key's variable when it is missing", () =>
    Effect.gen(function* () {
      const { error, text } = yield* refusal(Client.layerConfig(), { OPENROUTER_BASE_URL: "https://proxy.example" })
      expect(faultOf(error)).toEqual(["OPENROUTER_API_KEY", "missing"])
      expect(error).toMatchObject({ _tag: "ConfigError" })
      expect(text).toContain("OPENROUTER_API_KEY")
    })
  )

  it.effect.each([
    ["not set", "is not set", {}],
    ["empty", "is empty", { OPENROUTER_API_KEY: "" }],
    ["blank", "is empty", { OPENROUTER_API_KEY: " \t" }]
  ] as const)("says how to get a key that is %s, and that the emulator takes any", ([, what, environment]) =>
    Effect.gen(function* () {
      const { error } = yield* refusal(Client.layerConfig(), environment)
      expect(Errors.format(error)).toBe(
        [
          "ConfigError",
          `what        OPENROUTER_API_KEY ${what}. Get a key at https://openrouter.ai/settings/keys, then \`export OPENROUTER_API_KEY=sk-or-...\`. The emulator (effect-openrouter-images-emulator) takes any text as a key.`
        ].join("\n")
      )
      expect(String(error)).toContain(`${what}. Get a key`)
      expect(String(error)).not.toMatch(/Expected string|"<redacted>"/)
    })
  )

  it.effect("names the key's variable as it stands in an environment where names have a prefix", () =>
    Effect.gen(function* () {
      const nested = Config.nested(Config.redacted("OPENROUTER_API_KEY"), "APP")
      const { error } = yield* refusal(Client.layerConfig({ apiKey: nested }), {})
      expect(Errors.format(error)).toContain("export APP_OPENROUTER_API_KEY=sk-or-...")
    })
  )

  it.effect.each([
    ["empty", ""],
    ["white space", "   "],
    ["two lines", `${key}\r\nx-injected: 1`],
    ["with a character outside ASCII", `${key}\u2026`]
  ] as const)("refuses a key that is %s, by the name of its variable and without showing it", ([, value]) =>
    Effect.gen(function* () {
      const { error, text } = yield* refusal(Client.layerConfig(), { OPENROUTER_API_KEY: value })
      expect(faultOf(error)).toEqual(["OPENROUTER_API_KEY", "invalid"])
      expect(text).toContain("OPENROUTER_API_KEY")
      expect(text).not.toContain(key)
    })
  )

  it.effect.each(["no URL", "openrouter.ai/api/v1", "ftp://openrouter.ai", "file:///etc/passwd", "https://"])(
    "refuses the base URL %j by the name of its variable",
    (value) =>
      Effect.gen(function* () {
        const variables = { OPENROUTER_API_KEY: key, OPENROUTER_BASE_URL: value }
        const { error, text } = yield* refusal(Client.layerConfig(), variables)
        expect(faultOf(error)).toEqual(["OPENROUTER_BASE_URL", "invalid"])
        expect(text).toContain("OPENROUTER_BASE_URL")
        expect(text).not.toContain(key)
      })
  )

  it.effect("does not show a key that was put into the base URL", () =>
    Effect.gen(function* () {
      for (const url of [
        `https://me:${key}@proxy.example/v1`,
        `https://proxy.example/v1?key=${key}`,
        `ftp://x?k=${key}`
      ]) {
        const { text } = yield* refusal(Client.layerConfig(), { OPENROUTER_API_KEY: "k-1", OPENROUTER_BASE_URL: url })
        expect(text).toContain("OPENROUTER_BASE_URL")
        expect(text).not.toContain(key)
      }
    })
  )

  it.effect("does not show a key that was put into the wrong variable", () =>
    Effect.gen(function* () {
      const variables = { OPENROUTER_API_KEY: key, OPENROUTER_BASE_URL: key }
      const { text } = yield* refusal(Client.layerConfig(), variables)
      expect(text).toContain("OPENROUTER_BASE_URL")
      expect(text).not.toContain(key)
    })
  )

  it.effect("names every variable that is wrong", () =>
    Effect.gen(function* () {
      const { text } = yield* refusal(Client.layerConfig(), {
        OPENROUTER_API_KEY: "",
        OPENROUTER_BASE_URL: "none",
        OPENROUTER_HTTP_REFERER: "two\nlines",
        OPENROUTER_APP_TITLE: "\u718a\u732b",
        OPENROUTER_APP_CATEGORIES: "a\r\nb"
      })
      for (const name of ["API_KEY", "BASE_URL", "HTTP_REFERER", "APP_TITLE", "APP_CATEGORIES"]) {
        expect(text).toContain(`OPENROUTER_${name}`)
      }
    })
  )
})

const refuseEverything = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transform(client, (_, request) => Effect.fail(noAnswer(request, { description: "refused by hand" })))

describe("layerConfig with options", () => {
  it.effect.each([
    ["no options", {}],
    ["no headers", { headers: {} }],
    ["an option that is undefined", { retry: undefined }]
  ] as const)("takes %s", ([, options]) =>
    Effect.map(run(Client.layerConfig(options), {}), ({ sent }) => expect(sent).toHaveLength(1))
  )

  it.effect("reads each option by its own Config, headers one by one", () =>
    Effect.gen(function* () {
      const client = Client.layerConfig({
        apiKey: Config.redacted("MY_KEY"),
        baseUrl: Config.string("MY_URL").pipe(Config.withDefault("https://default.example")),
        appCategories: Config.map(Config.string("MY_CATEGORIES"), (all) => all.split(",")),
        headers: { "x-one": Config.string("ONE"), "x-two": Config.string("TWO") },
        timeout: Config.duration("MY_TIMEOUT")
      })
      const { sent } = yield* run(client, {
        MY_KEY: key,
        MY_CATEGORIES: "art,games",
        ONE: "1",
        TWO: "2",
        MY_TIMEOUT: "2 minutes"
      })
      expect(sent).toMatchObject([
        {
          url: "https://default.example/images",
          headers: {
            authorization: `Bearer ${key}`,
            "x-openrouter-categories": "art,games",
            "x-one": "1",
            "x-two": "2"
          }
        }
      ])
    })
  )

  it.effect("reads the headers as one Config, too", () =>
    Effect.gen(function* () {
      const headers = Config.map(Config.string("HEADERS"), (text): Record<string, string> => JSON.parse(text))
      const { sent } = yield* run(Client.layerConfig({ headers }), { HEADERS: '{"x-one":"1","x-two":"2"}' })
      expect(sent[0]?.headers).toMatchObject({ "x-one": "1", "x-two": "2" })
    })
  )

  it.effect.each([
    ["as it is", refuseEverything],
    ["as a Config", Config.succeed(refuseEverything)]
  ] as const)("takes transformClient %s", ([, transformClient]) =>
    Effect.gen(function* () {
      const { ended, sent } = yield* run(Client.layerConfig({ transformClient, retry: Retry.none }), {})
      expect(sent).toEqual([])
      expect(ended).toMatchObject({ _tag: "ConnectionError", description: "refused by hand" })
    })
  )

  it.effect.each([
    ["a policy as it is", { ...Retry.safe, schedule: Schedule.recurs(2) }],
    ["a policy as a Config", Config.succeed({ ...Retry.safe, schedule: Schedule.recurs(2) })],
    ["a Schedule as it is", Schedule.recurs(2)],
    ["a Schedule as a Config", Config.succeed(Schedule.recurs(2))],
    [
      "a policy made from a variable",
      Config.map(Config.integer("TRIES"), (maxRetries) => Retry.make({ maxRetries, initialInterval: 0 }))
    ]
  ] as const)("takes for retry %s", ([, retry]) =>
    Effect.gen(function* () {
      const { ended, sent } = yield* run(Client.layerConfig({ retry }), { TRIES: "2" }, [429, 429, 429, 429])
      expect(sent).toHaveLength(3)
      expect(ended).toMatchObject({ _tag: "TooManyRequestsResponseError" })
    })
  )

  it.effect("takes one Config of all options", () =>
    Effect.gen(function* () {
      const all: Config.Config<Client.ClientOptions> = Config.all({
        apiKey: Config.redacted("MY_KEY"),
        appTitle: Config.string("MY_TITLE"),
        timeout: Config.succeed(Duration.seconds(9))
      })
      const { sent } = yield* run(Client.layerConfig(all), { MY_KEY: key, MY_TITLE: "Panda" })
      expect(sent[0]?.headers).toMatchObject({ authorization: `Bearer ${key}`, "x-openrouter-title": "Panda" })
    })
  )

  it.effect("says how to set a key of another variable", () =>
    Effect.gen(function* () {
      const { error } = yield* refusal(Client.layerConfig({ apiKey: Config.redacted("MY_KEY") }), {})
      expect(faultOf(error)).toEqual(["MY_KEY", "missing"])
      expect(Errors.format(error)).toContain("MY_KEY is not set. Get a key at")
      expect(Errors.format(error)).toContain("export MY_KEY=sk-or-...")
    })
  )

  it.effect("takes a key that need not be there for none", () =>
    Effect.gen(function* () {
      const apiKey = Config.withDefault(Config.redacted("MY_KEY"), Redacted.make("any-key-will-do"))
      const { sent } = yield* run(Client.layerConfig({ apiKey }), {})
      expect(sent[0]?.headers).toMatchObject({ authorization: "Bearer any-key-will-do" })
    })
  )

  it.effect("refuses a plain text for a key, which a program in JavaScript may give", () =>
    Effect.gen(function* () {
      // @ts-expect-error a key is a Redacted
      const client: ClientLayer = Client.layerConfig({ apiKey: key, headers: { "x-one": "1" } })
      const { error, text } = yield* refusal(client, {})
      expect(faultOf(error)).toEqual(["apiKey", "invalid"])
      expect(text).toContain("Redacted.make")
      expect(text).not.toContain(key)
    })
  )

  it.effect("names the variable of an option that is missing", () =>
    Effect.gen(function* () {
      const { error } = yield* refusal(Client.layerConfig({ headers: { "x-one": Config.string("ONE") } }), {})
      expect(faultOf(error)).toEqual(["ONE", "missing"])
    })
  )

  it.effect("names the option whose value no request can carry, and does not show the key", () =>
    Effect.gen(function* () {
      const client = Client.layerConfig({
        apiKey: Config.redacted("MY_KEY"),
        headers: { "x-one": Config.string("ONE") }
      })
      const { text } = yield* refusal(client, { MY_KEY: `${key}\u2026`, ONE: "a\nb" })
      expect(text).toContain("apiKey")
      expect(text).toContain("x-one")
      expect(text).not.toContain(key)
    })
  )
})

describe("a client without a key", () => {
  it.effect("discovers models all the same", () =>
    Effect.gen(function* () {
      const http = HttpClient.make((request) =>
        Effect.sync(() => HttpClientResponse.fromWeb(request, Response.json({ data: [] })))
      )
      const images = Images.layer.pipe(
        Layer.provide(Client.layer()),
        Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
      )
      expect(yield* Effect.provide(Images.listModels(), images)).toEqual({ data: [] })
    })
  )

  it.effect("refuses a call, not the layer, when layer was given a key that no header can carry", () =>
    Effect.gen(function* () {
      const { ended, sent } = yield* run(Client.layer({ apiKey: Redacted.make(`${key}\u2026`) }), {})
      expect(sent).toEqual([])
      expect(ended).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["apiKey"] }] })
      expect(JSON.stringify(ended)).not.toContain(key)
    })
  )

  it.effect.each([
    ["a text", key, 'must be a Redacted, such as Redacted.make("sk-or-...")'],
    ["a Redacted of nothing", Redacted.make(undefined), "is empty. Get a key at"],
    ["an empty Redacted", Redacted.make(""), "https://openrouter.ai/settings/keys. The emulator"]
  ] as const)(
    "says what a key must be when it gets %s, as a program in JavaScript may give it",
    ([, apiKey, message]) =>
      Effect.gen(function* () {
        // @ts-expect-error a key is a Redacted of a text
        const { ended, sent } = yield* run(Client.layer({ apiKey }), {})
        expect(sent).toEqual([])
        expect(ended).toMatchObject({ issues: [{ path: ["apiKey"], message: expect.stringContaining(message) }] })
        expect(JSON.stringify(ended)).not.toContain(key)
      })
  )
})
