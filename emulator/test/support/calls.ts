/** Calls to the emulator as any client makes them. */
import { HttpBody, HttpClient } from "@effect/platform"
import { Effect } from "effect"
import { Emulator, Fault } from "effect-openrouter-images-emulator"

/** A picture that is drawn fast. */
export const small = { model: "openai/gpt-image-1-mini", prompt: "a boat", size: "16x16" }

const withKey = { authorization: "Bearer sk-or-emulated" }

const own = (fault: Fault.Fault | undefined): Record<string, string> =>
  fault === undefined ? {} : { [Fault.header]: JSON.stringify(fault) }

/** The head of the answer to a generation, and its body as it comes. */
export const generate = (body: object = {}, fault?: Fault.Fault, headers: Record<string, string> = withKey) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const client = yield* HttpClient.HttpClient
    return yield* client.post(`${baseUrl}/images`, {
      headers: { ...headers, ...own(fault) },
      body: HttpBody.text(JSON.stringify({ ...small, ...body }), "application/json")
    })
  })

/** The id of a generation, whose answer has arrived as far as it ever will. */
export const generated = (body?: object, fault?: Fault.Fault) =>
  Effect.gen(function* () {
    const response = yield* generate(body, fault)
    yield* Effect.ignore(response.text)
    return response.headers["x-generation-id"] ?? ""
  })

/** An answer of JSON. */
export const get = (path: string, headers: Record<string, string> = withKey, fault?: Fault.Fault) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const client = yield* HttpClient.HttpClient
    const response = yield* client.get(`${baseUrl}${path}`, { headers: { ...headers, ...own(fault) } })
    return { status: response.status, body: JSON.parse(yield* response.text) }
  })

export const recordOf = (id: string) => get(`/generation?id=${id}`)

/** A control of the emulator, set by a body of JSON. */
export const control = (name: string, body: unknown) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const client = yield* HttpClient.HttpClient
    const response = yield* client.post(baseUrl.replace("/api/v1", `/emulator/${name}`), {
      body: HttpBody.text(typeof body === "string" ? body : JSON.stringify(body), "application/json")
    })
    return { status: response.status, text: yield* response.text }
  })
