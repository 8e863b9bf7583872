import { HttpClient, type HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber, Layer, Option, Redacted, Schedule, Stream, TestClock } from "effect"
import { Client, Images, Retry } from "effect-openrouter-images"

const key = "sk-or-v1-5ca1ab1e0ddba11cafe"
const request = { model: "author/slug", prompt: "a red panda in the snow" }

/** Each operation, with the same options. */
const operations = {
  generate: (options?: Client.RequestOptions) => Effect.asVoid(Images.generate(request, options)),
  generateStream: (options?: Client.RequestOptions) => Stream.runDrain(Images.generateStream(request, options)),
  listModels: (options?: Client.RequestOptions) => Effect.asVoid(Images.listModels(options)),
  listModelEndpoints: (options?: Client.RequestOptions) =>
    Effect.asVoid(Images.listModelEndpoints("author/slug", options))
}
const names = ["generate", "generateStream", "listModels", "listModelEndpoints"] as const

const wholeAnswer = (url: string): Response =>
  url.endsWith("/endpoints")
    ? Response.json({ id: "author/slug", endpoints: [] })
    : Response.json({ created: 1, data: url.endsWith("/images") ? [{ b64_json: "iVBORw0KGgo=" }] : [] })

interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): string =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : body._tag

const recordOf = (request: HttpClientRequest.HttpClientRequest, url = request.url): Sent => ({
  method: request.method,
  url,
  headers: { ...request.headers },
  body: bodyOf(request)
})

/** A server in memory that keeps what it was sent; the statuses come first, then whole answers. */
const server = (...statuses: ReadonlyArray<number>) => {
  const sent: Array<Sent> = []
  const client = HttpClient.make((request, url) =>
    Effect.sync(() => {
      sent.push(recordOf(request, url.href))
      const status = statuses[sent.length - 1]
      const answer = status === undefined ? wholeAnswer(url.href) : new Response("{}", { status })
      return HttpClientResponse.fromWeb(request, answer)
    })
  )
  return { sent, client, layer: Layer.succeed(HttpClient.HttpClient, client) }
}

const imagesOf = (options: Client.ClientOptions, http: Layer.Layer<HttpClient.HttpClient>) =>
  Images.layer.pipe(Layer.provide(Client.layer(options)), Layer.provide(http))

/** What one call sends. */
const sentBy = (
  options: Client.ClientOptions,
  name: (typeof names)[number] = "generate",
  callOptions?: Client.RequestOptions
) =>
  Effect.gen(function* () {
    const { layer, sent } = server()
    yield* Effect.provide(operations[name](callOptions), imagesOf(options, layer))
    expect(sent).toHaveLength(1)
    return sent[0] ?? expect.fail("nothing was sent")
  })

describe("the head of a request", () => {
  it.effect.each(names)("of %s carries the key as a bearer token", (name) =>
    Effect.gen(function* () {
      const { headers } = yield* sentBy({ apiKey: Redacted.make(key) }, name)
      expect(headers["authorization"]).toBe(`Bearer ${key}`)
    })
  )

  it.effect.each(names)("of %s carries no authorization where there is no key", (name) =>
    Effect.gen(function* () {
      const { headers } = yield* sentBy({}, name)
      expect(headers).not.toHaveProperty("authorization")
    })
  )

  it.effect.each(names)("of %s names the app and its categories", (name) =>
    Effect.gen(function* () {
      const app = { httpReferer: "https://panda.example", appTitle: "Panda", appCategories: ["art", "games"] }
      const { headers } = yield* sentBy(app, name)
      expect(headers).toMatchObject({
        "http-referer": "https://panda.example",
        "x-openrouter-title": "Panda",
        "x-openrouter-categories": "art,games"
      })
    })
  )

  it.effect("takes the categories as one text, too", () =>
    Effect.gen(function* () {
      const { headers } = yield* sentBy({ appCategories: "art,games" })
      expect(headers["x-openrouter-categories"]).toBe("art,games")
    })
  )

  it.effect("says nothing of an app that was not named", () =>
    Effect.gen(function* () {
      const { headers } = yield* sentBy({ apiKey: Redacted.make(key) })
      expect(Object.keys(headers).filter((name) => /referer|openrouter/.test(name))).toEqual([])
    })
  )

  it.effect.each(names)("of %s takes the call's header before the client's, and that before our own", (name) =>
    Effect.gen(function* () {
      const client = {
        apiKey: Redacted.make(key),
        appTitle: "ours",
        headers: { "X-OpenRouter-Title": "client", "X-Both": "client", "X-Client": "client" }
      }
      const { headers } = yield* sentBy(client, name, {
        headers: { "x-both": "call", "X-Call": "call", Authorization: "Bearer call" }
      })
      expect(headers).toMatchObject({
        authorization: "Bearer call",
        "x-openrouter-title": "client",
        "x-both": "call",
        "x-client": "client",
        "x-call": "call"
      })
    })
  )

  it.effect("of a generation announces JSON and asks for JSON", () =>
    Effect.gen(function* () {
      const { body, headers, method } = yield* sentBy({})
      expect(method).toBe("POST")
      expect(headers).toMatchObject({ accept: "application/json", "content-type": "application/json" })
      expect(JSON.parse(body)).toEqual(request)
    })
  )

  it.effect("of discovery comes without a body", () =>
    Effect.gen(function* () {
      const { body, headers, method } = yield* sentBy({}, "listModels")
      expect([method, body]).toEqual(["GET", "Empty"])
      expect(headers).not.toHaveProperty("content-type")
    })
  )

  it.effect.each(names)("of %s has no trace headers, even inside a span", (name) =>
    Effect.gen(function* () {
      const { client, layer, sent } = server()
      yield* client
        .get("https://elsewhere.example")
        .pipe(Effect.zipRight(operations[name]()), Effect.withSpan("outer"))
        .pipe(Effect.provide(imagesOf({}, layer)))
      const traces = sent.map(({ headers }) => Object.keys(headers).filter((name) => /^(b3|traceparent)$/.test(name)))
      // The client by itself does send them: the test would see them.
      expect(traces).toEqual([["b3", "traceparent"], []])
    })
  )
})

describe("the address of a request", () => {
  const paths = {
    generate: "/images",
    generateStream: "/images",
    listModels: "/images/models",
    listModelEndpoints: "/images/models/author/slug/endpoints"
  }

  it.effect.each(names)("of %s is OpenRouter's unless told", (name) =>
    Effect.gen(function* () {
      expect((yield* sentBy({}, name)).url).toBe(`https://openrouter.ai/api/v1${paths[name]}`)
    })
  )

  it.effect.each(names)("of %s is below the base URL, whether or not that ends in a slash", (name) =>
    Effect.gen(function* () {
      const plain = yield* sentBy({ baseUrl: "http://proxy.example:8080/open/v9" }, name)
      const slash = yield* sentBy({ baseUrl: "http://proxy.example:8080/open/v9/" }, name)
      expect([plain.url, slash.url]).toEqual(Array(2).fill(`http://proxy.example:8080/open/v9${paths[name]}`))
    })
  )

  it.effect.each(names)("of %s is below the call's own base URL where it has one", (name) =>
    Effect.gen(function* () {
      const { url } = yield* sentBy({ baseUrl: "https://client.example" }, name, {
        baseUrl: "https://call.example/v1/"
      })
      expect(url).toBe(`https://call.example/v1${paths[name]}`)
    })
  )
})

describe("transformClient", () => {
  it.effect.each(names)("sees each attempt at %s and its whole request", (name) =>
    Effect.gen(function* () {
      const { layer, sent } = server(429, 429)
      const seen: Array<Sent> = []
      const options: Client.ClientOptions = {
        apiKey: Redacted.make(key),
        headers: { "x-mine": "1" },
        retry: { ...Retry.eager, schedule: Schedule.recurs(2) },
        transformClient: HttpClient.tapRequest((request) => Effect.sync(() => seen.push(recordOf(request))))
      }
      yield* Effect.provide(operations[name](), imagesOf(options, layer))
      expect(seen).toHaveLength(3)
      expect(seen).toEqual(sent)
      expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${key}`, "x-mine": "1" })
    })
  )

  it.effect("may change the request that is sent", () =>
    Effect.gen(function* () {
      const transformClient = HttpClient.mapRequest((request: HttpClientRequest.HttpClientRequest) => ({
        ...request,
        url: "https://gateway.example/images"
      }))
      const { url } = yield* sentBy({ transformClient })
      expect(url).toBe("https://gateway.example/images")
    })
  )

  it.effect.each(names)("may make statuses of %s fail, and the error is still the server's", (name) =>
    Effect.gen(function* () {
      const { layer } = server(500)
      const options = { transformClient: HttpClient.filterStatusOk, retry: Retry.none }
      const error = yield* Effect.flip(Effect.provide(operations[name](), imagesOf(options, layer)))
      expect(error._tag).toBe("InternalServerResponseError")
    })
  )
})

const silence = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make(() => Effect.never)
)

/** The call fails by its timeout after exactly this time. */
const timesOut = (
  after: Duration.DurationInput,
  client: Client.ClientOptions,
  name: (typeof names)[number],
  options?: Client.RequestOptions
) =>
  Effect.gen(function* () {
    const images = imagesOf({ retry: Retry.none, ...client }, silence)
    const fiber = yield* Effect.fork(Effect.provide(Effect.flip(operations[name](options)), images))
    yield* TestClock.adjust(Duration.toMillis(after) - 1)
    expect(Option.isNone(yield* Fiber.poll(fiber))).toBe(true)
    yield* TestClock.adjust("1 millis")
    const error = yield* Fiber.join(fiber)
    const paid = name === "generate" || name === "generateStream"
    expect(error).toMatchObject({
      _tag: "RequestTimeoutError",
      operation: name,
      billing: paid ? "unknown" : "notBilled"
    })
    expect(error._tag === "RequestTimeoutError" && Duration.toMillis(error.timeout)).toBe(Duration.toMillis(after))
  })

describe("the timeout", () => {
  it.effect("of a generation is 5 minutes unless told", () => timesOut("5 minutes", {}, "generate"))
  it.effect("of a streamed generation is 5 minutes unless told", () => timesOut("5 minutes", {}, "generateStream"))
  it.effect("of listModels is 30 seconds unless told", () => timesOut("30 seconds", {}, "listModels"))
  it.effect("of listModelEndpoints is 30 seconds unless told", () => timesOut("30 seconds", {}, "listModelEndpoints"))

  it.effect.each(names)("of %s is the client's where it has one", (name) =>
    timesOut("7 seconds", { timeout: 7000 }, name)
  )

  it.effect.each(names)("of %s is the call's before the client's", (name) =>
    timesOut("3 seconds", { timeout: "1 hour" }, name, { timeout: "3 seconds" })
  )

  it.effect("is that of each attempt, not of all together", () =>
    Effect.gen(function* () {
      const retry = { ...Retry.eager, schedule: Schedule.recurs(2) }
      const images = imagesOf({ timeout: "10 seconds", retry }, silence)
      const fiber = yield* Effect.fork(Effect.provide(Effect.exit(Images.listModels()), images))
      yield* TestClock.adjust("29 seconds")
      expect(Option.isNone(yield* Fiber.poll(fiber))).toBe(true)
      yield* TestClock.adjust("1 second")
      expect(Exit.isFailure(yield* Fiber.join(fiber))).toBe(true)
    })
  )
})
