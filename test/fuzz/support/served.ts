import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client, Images, Retry } from "effect-openrouter-images"

/** What a server does with a call, byte for byte. */
export interface Served {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Where the body is cut into pieces, each taken by the body's length. */
  readonly cuts: ReadonlyArray<number>
  /** How it ends: as it should, with the connection torn, or with silence for ever. */
  readonly ending: "close" | "tear" | "stall"
}

export const key = "sk-or-v1-fuzz-0123456789abcdef"

export const cuts: FastCheck.Arbitrary<ReadonlyArray<number>> = FastCheck.oneof(
  FastCheck.constant([]),
  FastCheck.array(FastCheck.nat(), { maxLength: 12 }),
  FastCheck.constant(Array.from({ length: 64 }, (_, i) => i))
)

const piecesOf = ({ body, cuts }: Served): ReadonlyArray<Uint8Array> => {
  const places = cuts.map((cut) => (body.length === 0 ? 0 : cut % (body.length + 1))).sort((a, b) => a - b)
  return [...places, body.length].map((end, i) => body.slice(places[i - 1] ?? 0, end))
}

const streamOf = (served: Served): ReadableStream<Uint8Array> => {
  const pieces = [...piecesOf(served)]
  return new ReadableStream({
    pull: (controller) => {
      const piece = pieces.shift()
      if (piece !== undefined) return controller.enqueue(piece)
      if (served.ending === "close") return controller.close()
      if (served.ending === "tear") return controller.error(new TypeError("terminated"))
      return new Promise<void>(() => {})
    }
  })
}

/** Statuses whose answers cannot have a body. */
const bodiless = new Set([204, 205, 304])

const responseOf = (served: Served): Response =>
  new Response(bodiless.has(served.status) ? null : streamOf(served), {
    status: served.status,
    headers: served.headers
  })

/** One try more, without a wait. */
const twice = Retry.make({ initialInterval: "0 millis", maxRetries: 1, jitter: false, maxRetryAfter: "1 millis" })

/** `Images` over a `fetch` that always answers so, or is rejected with `rejected`; `calls` counts. */
export const serving = (served: Served, rejected?: { readonly reason: unknown }) => {
  const calls: Array<string> = []
  const fetch: typeof globalThis.fetch = (_, init) => {
    calls.push(typeof init?.body === "string" ? init.body : new TextDecoder().decode(init?.body as Uint8Array))
    return rejected === undefined ? Promise.resolve(responseOf(served)) : Promise.reject(rejected.reason)
  }
  const layer = Images.layer.pipe(
    Layer.provide(
      Client.layer({
        apiKey: Redacted.make(key),
        retry: twice,
        timeout: served.ending === "stall" ? "20 millis" : "1 minute"
      })
    ),
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
  )
  return { layer, calls }
}

/** A body served as it should be, in pieces. */
export const whole = (body: string | Uint8Array, contentType: string, cuts: ReadonlyArray<number> = []): Served => ({
  status: 200,
  headers: { "content-type": contentType },
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
  cuts,
  ending: "close"
})
