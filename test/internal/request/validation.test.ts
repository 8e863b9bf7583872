import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import { Errors, Images, type ImagesSchema } from "effect-openrouter-images"
import { picture, scripted } from "../../support/memoryHttp.js"
import { effectProp } from "../../support/properties.js"

const plain = { model: "author/slug", prompt: "a red panda" }
const reference = (url: unknown) => ({ type: "image_url", imageUrl: { url } })
const references = (count: number) => Array.from({ length: count }, () => reference("https://example.com/a.png"))

/** What both operations that send a request say to one that is not valid; nothing may have been sent. */
const refused = (request: unknown) =>
  Effect.gen(function* () {
    const { layer, received } = scripted([picture])
    const typed = request as ImagesSchema.ImageGenerationRequest
    const error = yield* Effect.flip(Images.generate(typed)).pipe(Effect.provide(layer))
    const streamed = yield* Effect.flip(Stream.runDrain(Images.generateStream(typed))).pipe(Effect.provide(layer))
    if (!(error instanceof Errors.InvalidRequestError && streamed instanceof Errors.InvalidRequestError)) {
      return yield* Effect.dieMessage(`${error._tag}, ${streamed._tag}`)
    }
    expect(received).toEqual([])
    expect([error.operation, streamed.operation]).toEqual(["generate", "generateStream"])
    expect([error.billing, streamed.billing]).toEqual(["notBilled", "notBilled"])
    expect(streamed.issues).toEqual(error.issues)
    return error
  })

type Path = ReadonlyArray<string | number>

/** Expects exactly one fault at this path; its sentence, and the error's message, hold each of the texts. */
const expectFault = (request: unknown, path: Path, says: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const error = yield* refused(request)
    expect(error.issues.map((issue) => issue.path)).toEqual([path])
    for (const text of says) {
      expect(error.issues[0]?.message).toContain(text)
      expect(error.message).toContain(text)
    }
  })

type Case = readonly [path: Path, value: unknown, says: ReadonlyArray<string>]

const fieldCases: ReadonlyArray<Case> = [
  [["model"], "", ['""', "author/slug"]],
  [["model"], undefined, ["author/slug"]],
  [["model"], 5, ["5", "author/slug"]],
  [["prompt"], "", ['""', "at least 1 character"]],
  [["prompt"], undefined, ["at least 1 character"]],
  [["prompt"], ["a"], ["an array", "at least 1 character"]],
  ...[0, -1, 11, 1.5, Number.NaN, Number.POSITIVE_INFINITY].map(
    (n): Case => [["n"], n, [String(n), "an integer from 1 to 10"]]
  ),
  [["n"], "3", ['"3"', "an integer from 1 to 10"]],
  [["n"], null, ["null", "an integer from 1 to 10"]],
  ...[-1, 101, 50.5, Number.NaN].map(
    (percent): Case => [["outputCompression"], percent, [String(percent), "an integer from 0 to 100"]]
  ),
  ...[1.5, Number.NaN, Number.NEGATIVE_INFINITY].map((seed): Case => [["seed"], seed, [String(seed), "an integer"]]),
  [["seed"], "7", ['"7"', "an integer"]],
  [["sessionId"], "s".repeat(257), ["ssss", "256 characters"]],
  [["user"], 7, ["7", "a string"]],
  [["size"], 1024, ["1024", "2048x2048"]],
  [["resolution"], 512, ["512", '"1K"']],
  [["aspectRatio"], 1.5, ["1.5", '"1:1"']],
  [["quality"], null, ["null", '"high"']],
  [["outputFormat"], {}, ["an object", '"png"']],
  [["background"], true, ["true", '"opaque"']],
  [["inputReferences"], references(17), ["17", "at most 16"]],
  ...[null, 5, []].map((provider): Case => [["provider"], provider, ["an object of provider preferences"]]),
  [["provider", "options"], null, ["null", "a JSON object"]],
  [["provider", "allowFallbacks"], "yes", ['"yes"', "true or false"]],
  [["provider", "only", 1], 7, ["7", "name or slug"]],
  [["provider", "order", 1], {}, ["an object", "name or slug"]],
  [["provider", "ignore", 1], null, ["null", "name or slug"]],
  [["provider", "sort"], 5, ["5", '"price"']],
  [["provider", "sort", "by"], 5, ["5", '"price"']],
  [["provider", "sort", "partition"], 5, ["5", '"model"']],
  [["provider", "options", "some-slug"], 5, ["5", "a JSON object"]],
  [["provider", "options", "some-slug", "steps"], Number.NaN, ["NaN", "finite"]],
  [["provider", "options", "some-slug", "deep", 1, "x"], Number.POSITIVE_INFINITY, ["Infinity", "finite"]],
  [["trace"], [], ["an array", "a JSON object"]],
  [["trace"], "id", ['"id"', "a JSON object"]],
  [["trace", "a", 1], Number.NaN, ["NaN", "finite"]],
  [["trace", "a", "b"], 1n, ["1n", "JSON"]],
  [["trace", "a", "b"], () => 1, ["a function", "JSON"]],
  [["trace", "a", "b"], Symbol("s"), ["a symbol", "JSON"]],
  [["neverDocumented"], Number.NaN, ["NaN", "finite"]],
  [["neverDocumented", "a", 1], 1n, ["1n", "JSON"]]
]

const urls: ReadonlyArray<unknown> = [
  ...["", "a.png", "/a.png", "//example.com/a.png", "ftp://example.com/a.png", "file:///a.png"],
  ...["javascript:alert(1)", "blob:https://example.com/1", "https://", "http://[", "data:", "data:image/png", 5, null]
]

/** The request that has the value at the path; an array has one good element before it. */
const at = ([head, ...rest]: Path, value: unknown): unknown => {
  if (head === undefined) return value
  return typeof head === "number" ? ["good", at(rest, value)] : { [head]: at(rest, value) }
}

describe("a request that is not valid", () => {
  it.effect.each(fieldCases)("is refused for %j with the value %s", ([path, value, says]) =>
    expectFault({ ...plain, ...(at(path, value) as object) }, path, says)
  )

  it.effect.each(urls.map((url) => [url] as const))("is refused for a reference to %j", ([url]) =>
    expectFault(
      { ...plain, inputReferences: [...references(3), reference(url)] },
      ["inputReferences", 3, "imageUrl", "url"],
      [JSON.stringify(url), "an http(s) URL or a data URL"]
    )
  )

  it.effect("is refused for a reference that is no image_url", () =>
    expectFault(
      { ...plain, inputReferences: [{ ...reference("https://example.com/a.png"), type: "image" }] },
      ["inputReferences", 0, "type"],
      ['"image"', '"image_url"']
    )
  )

  it.effect.each([
    [{ prompt: "p" }, "model"],
    [{ model: "m" }, "prompt"]
  ] as const)("is refused without its required fields: %j", ([request, path]) =>
    expectFault(request, [path], ["missing"])
  )

  it.effect.each([[null], ["a red panda"], [[plain]], [undefined]])(
    "is refused when it is no object but %j",
    ([request]) =>
      Effect.map(refused(request), (error) => expect(error.issues.map((issue) => issue.path)).toEqual([[]]))
  )

  effectProp(
    "is refused for any number of pictures that is no integer from 1 to 10",
    [
      FastCheck.oneof(FastCheck.double(), FastCheck.integer()).filter(
        (n) => !(Number.isInteger(n) && n >= 1 && n <= 10)
      )
    ],
    ([n]) => expectFault({ ...plain, n }, ["n"], ["an integer from 1 to 10"])
  )

  describe("lists every fault", () => {
    const pathsOf = (request: unknown) =>
      Effect.map(refused(request), (error) => error.issues.map((issue) => issue.path.join(".")).sort())

    it.effect("of fields beside and within one another", () =>
      Effect.map(
        pathsOf({
          prompt: "",
          n: 0,
          seed: 0.5,
          outputCompression: 101,
          inputReferences: [reference("x"), reference("https://example.com"), { type: "x", imageUrl: {} }],
          provider: { only: [1, "a", 2], options: { a: 1, b: { c: Number.NaN, d: Number.NaN } } },
          trace: { a: [Number.NaN, 1n] }
        }),
        (paths) =>
          expect(paths).toEqual(
            [
              ...["model", "prompt", "n", "seed", "outputCompression", "trace.a.0", "trace.a.1"],
              ...["inputReferences.0.imageUrl.url", "inputReferences.2.type", "inputReferences.2.imageUrl.url"],
              ...[
                "provider.only.0",
                "provider.only.2",
                "provider.options.a",
                "provider.options.b.c",
                "provider.options.b.d"
              ]
            ].sort()
          )
      )
    )

    it.effect("also of too many references of which one is bad", () =>
      Effect.map(pathsOf({ ...plain, inputReferences: [...references(16), reference("x")] }), (paths) =>
        expect(paths).toEqual(["inputReferences", "inputReferences.16.imageUrl.url"])
      )
    )

    it.effect("also of a field that this version does not know beside one that it knows", () =>
      Effect.map(pathsOf({ ...plain, prompt: "", neverDocumented: Number.NaN }), (paths) =>
        expect(paths).toEqual(["neverDocumented", "prompt"])
      )
    )
  })

  describe("has a message for people", () => {
    const long = "A".repeat(1_000_000)

    it.effect.each([
      ["the prompt alone", long],
      ["a prompt that is a reference", { ...plain, inputReferences: `data:image/png;base64,${long}` }],
      ["references without their type", { ...plain, inputReferences: [`data:image/png;base64,${long}`] }],
      [
        "a reference that lacks its object",
        { ...plain, inputReferences: [{ type: "image_url", imageUrl: `data:,${long}` }] }
      ],
      ["a bad URL", { ...plain, inputReferences: [reference(long)] }],
      ["a session id", { ...plain, sessionId: long }],
      ["a provider", { ...plain, provider: long }],
      ["a list of providers", { ...plain, provider: { only: long } }],
      ["a key", { ...plain, trace: { [long]: Number.NaN } }]
    ] as const)("that never repeats a megabyte: %s", ([, request]) =>
      Effect.map(refused(request), (error) => expect(error.message.length).toBeLessThan(1000))
    )

    it.effect.each([
      ["no request", null],
      ["a provider", { ...plain, provider: 5 }],
      ["references", { ...plain, inputReferences: 5 }]
    ] as const)("that is short for %s of a wrong type", ([, request]) =>
      Effect.map(refused(request), (error) => expect(error.message.length).toBeLessThan(300))
    )
  })

  describe("within a JSON object that is no tree", () => {
    it.effect("is refused for a cycle", () => {
      const trace: Record<string, unknown> = {}
      trace["self"] = trace
      return Effect.map(refused({ ...plain, trace }), (error) => {
        expect(error.issues).toHaveLength(1)
        expect(error.issues[0]?.message).toContain("refers to itself")
      })
    })

    it.effect("is refused for two cycles after a bounded number of reads", () => {
      let reads = 0
      const read = (of: object): object => {
        if (++reads > 100_000) throw new Error("reads the same objects again and again")
        return of
      }
      const trace = {
        get left(): object {
          return read(trace)
        },
        get right(): object {
          return read(trace)
        }
      }
      return Effect.map(refused({ ...plain, trace }), (error) => expect(error.issues[0]?.message).toContain("itself"))
    })
  })
})

describe("a request at the limits of what is valid", () => {
  it.effect.each([
    [{ n: 1, outputCompression: 0, seed: 0 }],
    [{ n: 10, outputCompression: 100, seed: -(2 ** 31) }],
    [{ prompt: "?" }],
    [{ inputReferences: references(16) }],
    [{ inputReferences: [] }],
    [{ inputReferences: [reference("HTTPS://EXAMPLE.COM/A.PNG"), reference("http://localhost:3000/a?b=c#d")] }],
    [{ inputReferences: [reference("data:image/svg+xml;charset=utf-8,%3Csvg/%3E"), reference("DATA:;base64,AAAA")] }],
    [{ sessionId: "s".repeat(256) }],
    [{ sessionId: "🐼".repeat(256) }],
    [{ seed: 2 ** 60 }],
    [{ resolution: "1.5K", aspectRatio: "7:3", quality: "never documented", size: "" }],
    [{ n: undefined, seed: undefined, provider: undefined, inputReferences: undefined, trace: undefined }],
    [{ trace: { a: [null, true, { b: "c" }] }, provider: { options: { any: { a_b: 1, aB: [2] } } } }]
  ])("is sent: %j", ([fields]) =>
    Effect.gen(function* () {
      const { layer, received } = scripted([picture])
      const request = { ...plain, ...fields } as ImagesSchema.ImageGenerationRequest
      yield* Images.generate(request).pipe(Effect.provide(layer))
      expect(received.map(({ body }) => body)).toMatchObject([{ prompt: request.prompt, model: request.model }])
    })
  )

  it.effect("is sent with every key that JSON allows", () =>
    Effect.gen(function* () {
      const { layer, received } = scripted([picture])
      const odd = (text: string) => JSON.parse(text)
      const options = odd('{"__proto__":{"steps":4},"some-slug":{"__proto__":5}}')
      const trace = odd('{"__proto__":{"a":1}}')
      yield* Images.generate({ ...plain, provider: { options }, trace }).pipe(Effect.provide(layer))
      const [body] = received.map(({ body }) => JSON.stringify(body))
      expect(body).toContain('"options":{"__proto__":{"steps":4},"some-slug":{"__proto__":5}}')
      expect(body).toContain('"trace":{"__proto__":{"a":1}}')
    })
  )
})
