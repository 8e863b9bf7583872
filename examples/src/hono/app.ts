// The same events from Hono. A runtime is built once, and each request runs in it; the request's signal interrupts what it started.
import { Effect, type ManagedRuntime, Stream } from "effect"
import { Errors, Images } from "effect-openrouter-images"
import { Hono } from "hono"
import * as PreviewEvents from "../previewEvents.js"

const model = "openai/gpt-image-1-mini"

/** Ends when the signal is aborted. */
const aborted = (signal: AbortSignal): Effect.Effect<void> =>
  Effect.async((resume) => {
    const onAbort = () => resume(Effect.void)
    if (signal.aborted) return onAbort()
    signal.addEventListener("abort", onAbort, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", onAbort))
  })

/**
 * A Request comes in and a Response goes out, so this is a route handler of Next.js as well:
 * `export const GET = (request: Request) => streamPicture(runtime, request)`.
 */
export const streamPicture = async (
  runtime: ManagedRuntime.ManagedRuntime<Images.Images, never>,
  request: Request
): Promise<Response> => {
  if (PreviewEvents.isReconnect(request.headers.get("last-event-id"))) return new Response(null, { status: 204 })
  const prompt = new URL(request.url).searchParams.get("prompt") ?? ""
  const events = PreviewEvents.previewEvents({ model, prompt }).pipe(
    // Servers cancel the body when the browser goes away, which interrupts the stream too; some only abort the signal.
    Stream.interruptWhen(aborted(request.signal))
  )
  const body = await runtime.runPromise(Stream.toReadableStreamEffect(events))
  return new Response(body, { headers: PreviewEvents.headers })
}

/** A picture as bytes, or its error as JSON. */
const drawPicture = (prompt: string): Effect.Effect<Response, never, Images.Images> =>
  Images.generate({ model, prompt }).pipe(
    Effect.map(({ data: [image] }) =>
      image === undefined
        ? new Response(null, { status: 502 })
        : new Response(new Uint8Array(image.bytes), { headers: { "content-type": image.mediaType } })
    ),
    Effect.tapError((error) => Effect.logInfo(Errors.format(error))),
    Effect.catchAll(({ _tag, billing }) =>
      Effect.succeed(Response.json({ error: _tag, billing }, { status: _tag === "InvalidRequestError" ? 400 : 502 }))
    )
  )

export const makeApp = (runtime: ManagedRuntime.ManagedRuntime<Images.Images, never>): Hono =>
  new Hono()
    .get("/pictures/stream", (c) => streamPicture(runtime, c.req.raw))
    .get("/picture", (c) => runtime.runPromise(drawPicture(c.req.query("prompt") ?? ""), { signal: c.req.raw.signal }))
