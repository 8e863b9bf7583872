import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { type Errors, Images, Retry } from "effect-openrouter-images"
import { scripted } from "./support/memoryHttp.js"

const request = { model: "author/slug", prompt: "a red panda in the snow" }
const once = { retry: Retry.none }

const operations = {
  generate: Effect.asVoid(Images.generate(request, once)),
  generateStream: Stream.runDrain(Images.generateStream(request, once)),
  listModels: Effect.asVoid(Images.listModels(once)),
  listModelEndpoints: Effect.asVoid(Images.listModelEndpoints("author/slug", once))
}
const names = ["generate", "generateStream", "listModels", "listModelEndpoints"] as const
type Name = (typeof names)[number]

const tags: Readonly<Record<number, string>> = {
  400: "BadRequestResponseError",
  401: "UnauthorizedResponseError",
  402: "PaymentRequiredResponseError",
  403: "ForbiddenResponseError",
  404: "NotFoundResponseError",
  413: "PayloadTooLargeResponseError",
  429: "TooManyRequestsResponseError",
  500: "InternalServerResponseError",
  502: "BadGatewayResponseError",
  524: "EdgeNetworkTimeoutResponseError",
  529: "ProviderOverloadedResponseError"
}
const all = Object.keys(tags).map(Number)
const documented: Readonly<Record<Name, ReadonlyArray<number>>> = {
  generate: all,
  generateStream: all,
  listModels: [500],
  listModelEndpoints: [404, 500]
}
const others = [408, 418, 503, 504, 520, 599]

const tagOf = (name: Name, status: number): string =>
  (documented[name].includes(status) ? tags[status] : undefined) ?? "OpenRouterDefaultError"

/** What a failure costs. `envelope`: OpenRouter itself says so, and no box in between. */
const billingOf = (name: Name, status: number, envelope: boolean): Errors.Billing => {
  if (name === "listModels" || name === "listModelEndpoints") return "notBilled"
  if (status < 500) return status === 408 ? "unknown" : "notBilled"
  return envelope && ![504, 524].includes(status) ? "notBilled" : "unknown"
}

interface Shape {
  readonly body: (status: number) => string
  readonly envelope: boolean
  readonly marked?: boolean
  /** The connection breaks where the body ends. */
  readonly cut?: boolean
  /** The server's own message; else the error names the status. */
  readonly message?: string
  readonly code?: (status: number) => number | string | undefined
}

const said = "it did not work"
const error = (fields: object) => JSON.stringify({ error: fields })

const shapes: Readonly<Record<string, Shape>> = {
  "an envelope": {
    body: (code) => error({ code, message: said }),
    envelope: true,
    message: said,
    code: (status) => status
  },
  "an envelope whose code is a word": {
    body: () => error({ code: "server_error", message: said }),
    envelope: false,
    message: said,
    code: () => "server_error"
  },
  "an envelope whose code is another status": {
    body: () => error({ code: 418, message: said }),
    envelope: false,
    message: said,
    code: () => 418
  },
  "an envelope without a code": { body: () => error({ message: said }), envelope: false, message: said },
  "an envelope without a code, with a mark of OpenRouter's": {
    body: () => JSON.stringify({ error: { message: said }, openrouter_metadata: {} }),
    envelope: true,
    message: said,
    marked: true
  },
  "a gateway's envelope": {
    body: () => error({ type: "upstream_error", message: said }),
    envelope: false,
    message: said
  },
  "an envelope with an empty message": { body: () => error({ message: "" }), envelope: false },
  "an envelope after white space": {
    body: (code) => `\r\n  ${error({ code, message: said })}\n`,
    envelope: true,
    message: said,
    code: (status) => status
  },
  "an error without a message": { body: (code) => error({ code }), envelope: false, code: (status) => status },
  "an error that is a text": { body: () => JSON.stringify({ error: said }), envelope: false },
  "JSON of another kind": { body: () => JSON.stringify({ message: said }), envelope: false },
  null: { body: () => "null", envelope: false },
  "a page of HTML": { body: (status) => `<html><head><title>${status}</title></head></html>`, envelope: false },
  "a text": { body: () => "upstream connect error", envelope: false },
  nothing: { body: () => "", envelope: false },
  "an envelope that is cut": {
    body: (code) => error({ code, message: said }).slice(0, -9),
    envelope: false,
    cut: true
  },
  "a text that is cut": { body: () => "upstream conn", envelope: false, cut: true },
  "an envelope that is whole before the connection breaks": {
    body: (code) => error({ code, message: said }),
    envelope: true,
    cut: true,
    message: said,
    code: (status) => status
  }
}

/** The text, and then a connection that breaks. */
const thatBreaks = (text: string): ReadableStream<Uint8Array> => {
  const parts = [new TextEncoder().encode(text)]
  return new ReadableStream({
    pull(controller) {
      const part = parts.shift()
      if (part === undefined) controller.error(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }))
      else controller.enqueue(part)
    }
  })
}

/** How an operation fails on an answer. */
const failureOf = (name: Name, status: number, body: BodyInit | null) =>
  Effect.flip(operations[name]).pipe(
    Effect.provide(
      scripted([Effect.sync(() => new Response(body, { status, headers: { "x-generation-id": "gen-1" } }))]).layer
    )
  )

/** An error's fields, as far as it is an answer. */
const summary = (error: Errors.OpenRouterError) => ({
  ...error,
  _tag: error._tag,
  message: error.message,
  keys: Object.keys(error)
})

describe("an answer of an error status", () => {
  for (const name of names) {
    for (const [what, shape] of Object.entries(shapes)) {
      it.effect(`of ${name} whose body is ${what} tells its class, its cost and its message`, () =>
        Effect.gen(function* () {
          for (const status of [...all, ...others]) {
            const text = shape.body(status)
            const failure = summary(yield* failureOf(name, status, shape.cut ? thatBreaks(text) : text))
            const code = shape.code?.(status)
            expect(failure).toMatchObject({
              _tag: tagOf(name, status),
              operation: name,
              status,
              httpStatus: status,
              billing: billingOf(name, status, shape.envelope),
              message: shape.message ?? expect.stringContaining(String(status)),
              body: text,
              generationId: "gen-1",
              headers: { "x-generation-id": "gen-1" },
              ...(code === undefined ? {} : { code })
            })
            const optional = failure.keys.filter((key) => /code|metadata|type|availability|user|retry/i.test(key))
            expect(optional).toEqual([
              ...(code === undefined ? [] : ["code"]),
              ...(shape.marked ? ["openrouterMetadata"] : [])
            ])
          }
        })
      )
    }
  }

  it.effect("with a page of HTML gives the page's title as its message", () =>
    Effect.gen(function* () {
      const page = "<!DOCTYPE html>\n<html><head><title>\n openrouter.ai | 502:\n Bad gateway </title></head></html>"
      const failure = yield* failureOf("generate", 502, page)
      expect(failure.message).toMatch(/502.*openrouter\.ai \| 502: Bad gateway/)
    })
  )

  it.effect.each(["listModels", "listModelEndpoints"] as const)(
    "429 of %s, which does not document it, is an OpenRouterDefaultError that cost nothing",
    (name) =>
      Effect.gen(function* () {
        const failure = yield* failureOf(name, 429, error({ code: 429, message: said }))
        expect(failure).toMatchObject({ _tag: "OpenRouterDefaultError", status: 429, billing: "notBilled" })
      })
  )

  it.effect("keeps no more of a body than its first part, and stops reading an endless one", () =>
    Effect.gen(function* () {
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(0x78))
      })
      const failure = yield* failureOf("generate", 500, endless)
      expect(failure).toMatchObject({ _tag: "InternalServerResponseError", body: "x".repeat(65_536) })
    })
  )
})

const within200: ReadonlyArray<readonly [what: string, fields: object, status: number, billing: Errors.Billing]> = [
  ["a number", { code: 402, message: said }, 402, "notBilled"],
  ["429", { code: 429, message: said }, 429, "notBilled"],
  ["500", { code: 500, message: said }, 500, "notBilled"],
  ["503", { code: 503, message: said }, 503, "notBilled"],
  ["504", { code: 504, message: said }, 504, "unknown"],
  ["408", { code: 408, message: said }, 408, "unknown"],
  ["a number as text", { code: "404", message: said }, 404, "unknown"],
  ["a word", { code: "server_error", message: said }, 200, "unknown"],
  ["a word, marked as OpenRouter's", { code: "no", message: said, metadata: { provider_name: "X" } }, 200, "notBilled"],
  ["null", { code: null, message: said }, 200, "unknown"],
  ["an empty text", { code: "", message: said }, 200, "unknown"],
  ["a boolean", { code: true, message: said }, 200, "unknown"],
  ["an array", { code: [402], message: said }, 200, "unknown"],
  ["no error status", { code: 200, message: said }, 200, "unknown"],
  ["too large a number", { code: 4020, message: said }, 200, "unknown"],
  ["a fraction", { code: 402.5, message: said }, 200, "unknown"],
  ["missing", { message: said }, 200, "unknown"],
  ["a number, without a message", { code: 429 }, 429, "unknown"],
  ["a name, without a message", { code: "server_error" }, 200, "unknown"],
  ["a number, with a message that is none", { code: 402, message: null }, 402, "unknown"]
]

describe("an answer of status 200 that is an error", () => {
  for (const name of names) {
    it.effect.each(within200)(`and whose code is %s, is that error of ${name}`, ([, fields, status, billing]) =>
      Effect.gen(function* () {
        const failure = yield* failureOf(name, 200, error(fields))
        const paid = name === "generate" || name === "generateStream"
        expect(summary(failure)).toMatchObject({
          _tag: status === 200 ? "OpenRouterDefaultError" : tagOf(name, status),
          status,
          httpStatus: 200,
          billing: paid ? billing : "notBilled",
          message: "message" in fields && fields.message === said ? said : expect.stringContaining(String(status))
        })
      })
    )
  }

  it.effect.each(["generate", "generateStream"] as const)("is read to its end: %s loses nothing of it", (name) =>
    Effect.gen(function* () {
      const failure = yield* failureOf(name, 502, error({ message: said, metadata: { raw: "z".repeat(2_000_000) } }))
      const message = expect.stringMatching(`^${said}: z{1000}\\.\\.\\.$`)
      expect(summary(failure)).toMatchObject({ _tag: "BadGatewayResponseError", message, billing: "unknown" })
      expect("metadata" in failure && failure.metadata).toEqual({ raw: "z".repeat(2_000_000) })
    })
  )

  it.effect.each([200, 204] as const)(
    "is none of those when it is empty (HTTP %s): whether it was billed is not known",
    (status) =>
      Effect.gen(function* () {
        const failure = yield* failureOf("generate", status, null)
        expect(summary(failure)).toMatchObject({
          _tag: "ResponseValidationError",
          billing: "unknown",
          status,
          rawBody: ""
        })
      })
  )

  it.effect.each(["listModels", "listModelEndpoints"] as const)(
    "of %s that is not what the API documents cost nothing",
    (name) =>
      Effect.gen(function* () {
        const failure = yield* failureOf(name, 200, "{}")
        expect(failure).toMatchObject({ _tag: "ResponseValidationError", billing: "notBilled", rawBody: "{}" })
      })
  )
})
