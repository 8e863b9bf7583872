import { inspect } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { type Client, Errors, Images, Retry } from "effect-openrouter-images"
import { onFailure } from "../../support/attemptEnds.js"
import { noModels, picture, refusal, scripted } from "../../support/memoryHttp.js"
import { operations, questions } from "../../support/operations.js"

const secret = "sk-or-v1-0123456789abcdef"
const apiKey = Redacted.make(secret)
const refused = (
  effect: Effect.Effect<unknown, Errors.OpenRouterError, Images.Images | Client.OpenRouterClient>,
  client: Client.ClientOptions = { apiKey }
) =>
  Effect.gen(function* () {
    const { layer, received } = scripted([picture], { retry: Retry.none, ...client })
    const error = yield* Effect.flip(effect).pipe(Effect.provide(layer))
    if (!(error instanceof Errors.InvalidRequestError)) return yield* Effect.dieMessage(error._tag)
    expect(received).toEqual([])
    return error
  })

type Fault = readonly [path: ReadonlyArray<string>, says: ReadonlyArray<string>]

const expectFault = (error: Errors.InvalidRequestError, [path, says]: Fault) => {
  expect(error.issues.map((issue) => issue.path)).toEqual([path])
  for (const text of says) expect(error.message).toContain(text)
}

/** Options that the client and a call have in common. */
const shared: ReadonlyArray<readonly [options: Client.RequestOptions, ...Fault]> = [
  ...["none", "openrouter.ai/api/v1", "", "ftp://openrouter.ai/api/v1", "//openrouter.ai", "https://"].map(
    (baseUrl) => [{ baseUrl }, ["baseUrl"], [JSON.stringify(baseUrl), "absolute http(s) URL"]] as const
  ),
  [{ baseUrl: "https://me:secret@openrouter.ai/api" }, ["baseUrl"], ["credentials", "openrouter.ai/api"]],
  [{ baseUrl: "https://openrouter.ai/api?v=1" }, ["baseUrl"], ["query", "openrouter.ai/api"]],
  [{ baseUrl: "https://openrouter.ai/api#v1" }, ["baseUrl"], ["fragment", "openrouter.ai/api"]],
  [{ headers: { "x-a": "a\nb" } }, ["headers", "x-a"], ["headers.x-a", "line breaks"]],
  [{ headers: { "x-a": "a\r\nx-b: c" } }, ["headers", "x-a"], ["headers.x-a", "line breaks"]],
  [{ headers: { "x-a": "日本" } }, ["headers", "x-a"], ["headers.x-a", "Latin-1"]],
  [{ headers: { "x a": "b" } }, ["headers", "x a"], ["headers.x a", "name"]],
  [{ headers: { "": "b" } }, ["headers", ""], ["name"]],
  [{ headers: { "x:a": "b" } }, ["headers", "x:a"], ["name"]],
  [{ headers: { "x-a\n": "b" } }, ["headers", "x-a\n"], ["name"]],
  [{ timeout: "soon" as "1 second" }, ["timeout"], ['"soon"', "30 seconds"]],
  [{ timeout: Number.NaN }, ["timeout"], ["NaN"]],
  ...[-1, "-5 seconds", "-Infinity", [-1, 0], -5n, {}, { foo: 1 }, { seconds: -5 }].map(
    (timeout): readonly [Client.RequestOptions, ...Fault] => [
      { timeout: timeout as "1 second" },
      ["timeout"],
      ["30 seconds"]
    ]
  ),
  [{ maxEventBytes: 0 }, ["maxEventBytes"], ["positive integer", "0"]],
  [{ maxEventBytes: Number.NaN }, ["maxEventBytes"], ["NaN"]]
]

const ofTheClient: ReadonlyArray<readonly [options: Client.ClientOptions, ...Fault]> = [
  ...[`${secret}\n${secret}`, `${secret} ${secret}`, `${secret}\u00e9`, `${secret}\u0000`].map(
    (key) => [{ apiKey: Redacted.make(key) }, ["apiKey"], ["ASCII"]] as const
  ),
  [{ apiKey: Redacted.make("") }, ["apiKey"], ["empty"]],
  [{ httpReferer: "https://a\nb" }, ["httpReferer"], ["line breaks"]],
  [{ appTitle: "a\r\nb" }, ["appTitle"], ["line breaks"]],
  [{ appTitle: "日本" }, ["appTitle"], ["Latin-1"]],
  [{ appCategories: "a\nb" }, ["appCategories"], ["line breaks"]],
  [{ appCategories: ["a", "b\n"] }, ["appCategories"], ["line breaks"]]
]

describe.each(Object.entries({ ...operations, ...questions }))("%s", (operation, run) => {
  it.effect.each([...shared, ...ofTheClient])("is refused where the client has %o", ([client, ...fault]) =>
    Effect.map(refused(run(), { apiKey, ...client }), (error) => {
      expectFault(error, fault)
      expect(error.operation).toBe(operation)
    })
  )

  it.effect.each(shared)("is refused where the call has %o", ([options, ...fault]) =>
    Effect.map(refused(run(options)), (error) => expectFault(error, fault))
  )

  it.effect("lists every fault of the options", () =>
    Effect.map(
      refused(run({ headers: { "x a": "b", "x-b": "\n" }, timeout: "soon" as "1 second", baseUrl: "none" }), {
        apiKey: Redacted.make("\n"),
        appTitle: "\n"
      }),
      ({ issues }) =>
        expect(issues.map(({ path }) => path.join(".")).sort()).toEqual(
          ["apiKey", "appTitle", "baseUrl", "headers.x a", "headers.x-b", "timeout"].sort()
        )
    )
  )
})

describe("what a call does around its attempts", () => {
  const names = ["generate", "generateStream", "listModels"] as const
  const retry = Retry.make({ jitter: false, initialInterval: "1 second", maxRetries: 2 })

  /** The hooks, the requests and the moments, in the order in which they came. */
  const watched = (
    name: (typeof names)[number],
    options: (seen: (what: string) => Effect.Effect<void>) => Client.RequestOptions
  ) =>
    Effect.gen(function* () {
      const seen: Array<readonly [at: number, what: string]> = []
      const see = (what: string) => Effect.map(Clock.currentTimeMillis, (at) => void seen.push([at, what]))
      const sent = (answer: typeof picture) => Effect.zipRight(see("sent"), answer)
      const last = name === "listModels" ? noModels : picture
      const { layer } = scripted([sent(refusal(502)), sent(refusal(503)), sent(last)], { apiKey, retry })
      const fiber = yield* Effect.fork(Effect.exit(operations[name](options(see))).pipe(Effect.provide(layer)))
      yield* TestClock.adjust("1 hour")
      return { exit: yield* Fiber.join(fiber), seen }
    })

  it.effect.each(names)("of %s is run before each and after each, with how it ended", (name) =>
    Effect.gen(function* () {
      const { exit, seen } = yield* watched(name, (see) => ({
        onAttempt: see("before"),
        onAttemptEnd: (exit) =>
          Exit.isSuccess(exit)
            ? see("succeeded")
            : onFailure((error) => see("httpStatus" in error ? `failed with ${error.status}` : error._tag))(exit)
      }))
      expect(exit._tag).toBe("Success")
      expect(seen).toEqual([
        [0, "before"],
        [0, "sent"],
        [0, "failed with 502"],
        [1000, "before"],
        [1000, "sent"],
        [1000, "failed with 503"],
        [2500, "before"],
        [2500, "sent"],
        [2500, "succeeded"]
      ])
    })
  )

  it.effect.each(names)("of %s may make it wait, which is not taken from its timeout", (name) =>
    Effect.gen(function* () {
      const { exit, seen } = yield* watched(name, () => ({
        onAttempt: Effect.sleep("10 seconds"),
        timeout: "5 seconds"
      }))
      expect(exit._tag).toBe("Success")
      expect(seen.map(([at]) => at)).toEqual([10_000, 21_000, 32_500])
    })
  )

  it.effect.each(names)("of %s is told of the failure that ends it, which stays the same", (name) =>
    Effect.gen(function* () {
      const told: Array<Errors.OpenRouterError> = []
      const onAttemptEnd = onFailure((error) => Effect.sync(() => void told.push(error)))
      const { layer } = scripted([refusal(402)], { apiKey, retry })
      const error = yield* Effect.flip(operations[name]({ onAttemptEnd })).pipe(Effect.provide(layer))
      expect(told).toHaveLength(1)
      expect(told[0]).toBe(error)
    })
  )

  it.effect.each(names)("of %s is not run for a request that is not sent", (name) =>
    Effect.gen(function* () {
      const never = Effect.dieMessage("nothing was to be sent")
      yield* refused(operations[name]({ onAttempt: never, onAttemptEnd: () => never, baseUrl: "none" }))
    })
  )
})

describe("listModelEndpoints", () => {
  it.effect.each([
    ["slug", ["slug"]],
    ["a/b/c", ["slug"]],
    ["a//b", ["slug"]],
    ["/b", ["author"]],
    ["a/", ["slug"]],
    ["/", ["author", "slug"]],
    ["", ["author", "slug"]],
    ["../b", ["author"]],
    ["a/..", ["slug"]],
    ["./.", ["author", "slug"]],
    [" /b", ["author"]]
  ] as const)("refuses the model %j", ([model, names]) =>
    Effect.map(refused(Images.listModelEndpoints(model)), (error) => {
      expect(error.issues.map(({ path }) => path)).toEqual(names.map((name) => [name]))
      expect(error.operation).toBe("listModelEndpoints")
      expect(error.message).toContain('"author/slug"')
      expect(error.message).toContain(JSON.stringify(model))
    })
  )

  it.effect.each([
    [{ author: "a/b", slug: "c" }, "author", '"a/b"'],
    [{ author: "a", slug: "b/c" }, "slug", '"b/c"'],
    [{ author: "..", slug: "c" }, "author", '".."'],
    [{ author: "a", slug: "." }, "slug", '"."'],
    [{ author: "", slug: "c" }, "author", '""'],
    [{ author: "a", slug: "\t" }, "slug", '"\\t"']
  ] as const)("refuses the names %j", ([model, name, shown]) =>
    Effect.map(refused(Images.listModelEndpoints(model)), (error) => expectFault(error, [[name], ["name", shown]]))
  )

  it.effect.each([null, undefined, 7, {}])("refuses %j, which is no model", (model) =>
    Effect.map(refused(Images.listModelEndpoints(model as never)), ({ issues }) =>
      expect(issues.map(({ path }) => path)).toEqual([["author"], ["slug"]])
    )
  )

  it.effect("refuses a name that is not well-formed Unicode, which no URL can hold", () =>
    Effect.map(refused(Images.listModelEndpoints("author/\ud800")), (error) => expectFault(error, [["slug"], ["name"]]))
  )

  it.effect.each([
    ["openai/gpt-image-1", "openai/gpt-image-1"],
    ["a/b:free", "a/b%3Afree"],
    ["a/b?c#d", "a/b%3Fc%23d"],
    ["a/%2e%2e", "a/%252e%252e"],
    ["a/b\\c", "a/b%5Cc"],
    ["a/é ü", "a/%C3%A9%20%C3%BC"],
    ["a/...", "a/..."]
  ] as const)("keeps the model %j in its place in the path", ([model, path]) =>
    Effect.gen(function* () {
      const { layer, received } = scripted([noModels])
      yield* Effect.exit(Images.listModelEndpoints(model)).pipe(Effect.provide(layer))
      expect(received.map(({ url }) => url)).toEqual([`https://openrouter.ai/api/v1/images/models/${path}/endpoints`])
    })
  )
})

describe("the key", () => {
  /** Everything that a log may print of an error. */
  const printed = (error: Errors.InvalidRequestError): string =>
    [
      error.message,
      String(error),
      error.stack,
      inspect(error, { depth: null, showHidden: true }),
      inspect(Cause.fail(error), { depth: null, showHidden: true }),
      JSON.stringify(error),
      JSON.stringify(Schema.encodeSync(Errors.OpenRouterError)(error)),
      Cause.pretty(Cause.fail(error)),
      Errors.format(error),
      Errors.advice(error)
    ].join("\n")

  const expectSecret = (error: Errors.InvalidRequestError, hidden = secret) => {
    expect(printed(error)).toContain("InvalidRequestError")
    expect(printed(error)).not.toContain(hidden)
  }

  it.effect.each([...shared, ...ofTheClient])("is in no print of the error that refuses %o", ([options]) =>
    Effect.map(refused(operations.generate(), { apiKey, ...options }), (error) => expectSecret(error))
  )

  it.effect("is in no print of the error that refuses a request", () =>
    Effect.map(refused(Images.generate({ model: "", prompt: "" })), (error) => expectSecret(error))
  )

  it.effect.each([
    `https://${secret}@openrouter.ai/api/v1`,
    `https://key:${secret}@openrouter.ai/api/v1`,
    `https://openrouter.ai/api/v1?key=${secret}`,
    `https://openrouter.ai/api/v1#${secret}`,
    `${secret}@openrouter.ai/api/v1`,
    `https:${secret}@openrouter.ai:port/api/v1`,
    `ftp://openrouter.ai/${secret}`,
    secret
  ])("is in no print where the base URL holds it: %s", (baseUrl) =>
    Effect.map(refused(operations.generate(), { apiKey, baseUrl }), (error) => expectSecret(error))
  )

  it.effect.each([[{ authorization: `Bearer ${secret}\n` }], [{ [`Authorization: Bearer ${secret}`]: "" }]])(
    "is in no print where a header that cannot be sent holds it: %j",
    ([headers]) => Effect.map(refused(operations.generate(), { apiKey, headers }), (error) => expectSecret(error))
  )

  it.effect("and a password with an at sign in it are in no print of a base URL", () =>
    Effect.map(refused(operations.generate(), { apiKey, baseUrl: "https://me:p@ssword@openrouter.ai/api" }), (error) =>
      expectSecret(error, "ssword")
    )
  )
})
