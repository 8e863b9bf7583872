// POST /pictures: a picture for a prompt. The key stays on the server, and a budget bounds what visitors can spend.
import { FetchHttpClient } from "@effect/platform"
import { Cause, Effect, Exit, Layer, ManagedRuntime } from "effect"
import { Budget, Catalog, Client, Errors, Images } from "effect-openrouter-images"

/** A generation may take minutes; hosts end a function earlier unless they are told. */
export const maxDuration = 300

const ImagesLive = Budget.layer({ limitUsd: 5, window: "1 day" }).pipe(
  Layer.provide(Catalog.layer()),
  Layer.provide(Images.layer),
  Layer.provide(Client.layerConfig()),
  Layer.provide(FetchHttpClient.layer)
)

const makeRuntime = () => ManagedRuntime.make(Layer.orDie(ImagesLive))
const kept = globalThis as { pictures?: ReturnType<typeof makeRuntime> }

/** One for the whole server, also while the development server loads modules again: the budget is in it. */
kept.pictures ??= makeRuntime()
const runtime = kept.pictures

const draw = (prompt: string) =>
  Images.generate({ model: "bytedance-seed/seedream-4.5", prompt }).pipe(
    Effect.map(({ data: [image], usage }) =>
      image === undefined
        ? Response.json({ error: "no picture came" }, { status: 502 })
        : new Response(new Uint8Array(image.bytes), {
            headers: { "content-type": image.mediaType, "x-cost-usd": String(usage?.cost ?? "") }
          })
    ),
    Effect.catchAll((error) =>
      Effect.as(
        Effect.logError(Errors.format(error)),
        // Nothing of OpenRouter's answer goes to strangers.
        Response.json({ error: error._tag, billing: error.billing }, { status: 502 })
      )
    )
  )

export const POST = async (request: Request): Promise<Response> => {
  const prompt = String((await request.formData()).get("prompt") ?? "")
  const exit = await runtime.runPromiseExit(draw(prompt), { signal: request.signal })
  return Exit.getOrElse(exit, (cause) => {
    // Nobody is left to read the answer.
    if (Cause.isInterruptedOnly(cause)) return new Response(null, { status: 499 })
    // A missing key, for example.
    console.error(Cause.pretty(cause))
    return Response.json({ error: "the server is not set up" }, { status: 500 })
  })
}
