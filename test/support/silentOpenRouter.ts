/** OpenRouter that begins to draw and never ends, to see who still waits for it. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { FetchHttpClient } from "@effect/platform"
import { Deferred, Effect, Layer, Redacted, type Scope } from "effect"
import { Client, Images } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"

const preview = {
  type: "image_generation.partial_image",
  partial_image_index: 0,
  b64_json: Testing.image.b64Json
}

export interface SilentOpenRouter {
  readonly baseUrl: string
  readonly images: Layer.Layer<Images.Images>
  /** Ends when a call has come. */
  readonly asked: Effect.Effect<void>
  /** Ends when the socket of the call is closed. */
  readonly left: Effect.Effect<void>
}

const soon = (deferred: Deferred.Deferred<void>, what: string) =>
  Deferred.await(deferred).pipe(
    Effect.timeoutFail({ duration: "5 seconds", onTimeout: () => new Error(`not within 5 seconds: ${what}`) }),
    Effect.orDie
  )

/** A stream gets its head and a preview, anything else not even a head. */
export const silentOpenRouter: Effect.Effect<SilentOpenRouter, never, Scope.Scope> = Effect.gen(function* () {
  const asked = yield* Deferred.make<void>()
  const left = yield* Deferred.make<void>()
  const server = createServer((request, response) => {
    response.on("close", () => Deferred.unsafeDone(left, Effect.void))
    if (request.headers.accept?.includes("text/event-stream")) {
      response.writeHead(200, { "content-type": "text/event-stream" })
      response.write(`data: ${JSON.stringify(preview)}\n\n`)
    }
    Deferred.unsafeDone(asked, Effect.void)
  })
  yield* Effect.acquireRelease(
    Effect.async<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  )
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`
  return {
    baseUrl,
    images: Images.layer.pipe(
      Layer.provide(Client.layer({ apiKey: Redacted.make("any-key"), baseUrl })),
      Layer.provide(FetchHttpClient.layer)
    ),
    asked: soon(asked, "a call has come"),
    left: soon(left, "the socket of the call is closed")
  }
})
