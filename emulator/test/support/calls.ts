/** Calls to the emulator as any client makes them. */
import { HttpBody, HttpClient } from "@effect/platform"
import { Data, Effect } from "effect"
import { Emulator, Fault } from "effect-openrouter-images-emulator"

/** A picture that is drawn fast. */
export const small = { model: "openai/gpt-image-1-mini", prompt: "a boat", size: "16x16" }

interface Options {
  /** Default: those of a call with a key. */
  readonly headers?: Readonly<Record<string, string>>
  readonly fault?: Fault.Fault | undefined
}

const headersOf = ({ fault, headers = { authorization: "Bearer sk-or-emulated" } }: Options) => ({
  ...headers,
  ...(fault === undefined ? {} : { [Fault.header]: JSON.stringify(fault) })
})

/** The head of the answer to a generation, and its body as it comes. */
export const generate = (body: object = {}, options: Options = {}) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const client = yield* HttpClient.HttpClient
    return yield* client.post(`${baseUrl}/images`, {
      headers: headersOf(options),
      body: HttpBody.text(JSON.stringify({ ...small, ...body }), "application/json")
    })
  })

/** The id that an answer's head gives out, once the answer has arrived as far as it ever will. */
export const generated = (body?: object, fault?: Fault.Fault) =>
  Effect.gen(function* () {
    const response = yield* generate(body, { fault })
    yield* Effect.ignore(response.text)
    return response.headers["x-generation-id"]
  })

export class NotJson extends Data.TaggedError("NotJson")<{ readonly text: string }> {}

/** An answer of JSON. */
export const get = (path: string, options: Options = {}) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const client = yield* HttpClient.HttpClient
    const response = yield* client.get(`${baseUrl}${path}`, { headers: headersOf(options) })
    const text = yield* response.text
    const body = yield* Effect.try({ try: () => JSON.parse(text), catch: () => new NotJson({ text }) })
    return { status: response.status, headers: response.headers, body }
  })

/** What the API tells about a generation. */
export const recordOf = (id: string | undefined) => get(`/generation?id=${id}`)

/** Lets everything else go on. */
export const turn = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

/** The same, once it is there. A server learns a moment later that its client has left. */
export const appearedRecordOf = (id: string | undefined) =>
  Effect.repeat(Effect.zipRight(turn, recordOf(id)), { until: ({ status }) => status === 200, times: 1000 })

/** What a control of the emulator says to a body. */
export const control = (name: string, body: unknown) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const client = yield* HttpClient.HttpClient
    const response = yield* client.post(baseUrl.replace("/api/v1", `/emulator/${name}`), {
      body: HttpBody.text(typeof body === "string" ? body : JSON.stringify(body), "application/json")
    })
    return { status: response.status, text: yield* response.text }
  })
