import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { FetchHttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Client, Images } from "effect-openrouter-images"

const megabyte = 1024 * 1024
const previews = 200

/** One preview of a megabyte, as an event. */
const event = Buffer.from(
  `data: ${JSON.stringify({
    type: "image_generation.partial_image",
    partial_image_index: 0,
    b64_json: Buffer.alloc(megabyte, 7).toString("base64")
  })}\n\n`
)

/** Sends previews for as long as somebody takes them; counts what it could hand over to the system. */
const sendPreviews = (response: ServerResponse, sent: { bytes: number }) => {
  response.writeHead(200, { "content-type": "text/event-stream" })
  let left = previews
  const more = () => {
    while (left > 0) {
      left--
      sent.bytes += event.length
      if (!response.write(event)) return
    }
    response.end()
  }
  response.on("drain", more)
  more()
}

const server = Effect.acquireRelease(
  Effect.async<{ readonly baseUrl: string; readonly sent: { bytes: number }; readonly close: () => void }>((resume) => {
    const sent = { bytes: 0 }
    const http = createServer((_, response) => sendPreviews(response, sent))
    http.listen(0, "127.0.0.1", () => {
      const close = () => {
        http.close()
        http.closeAllConnections()
      }
      const baseUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}/api/v1`
      resume(Effect.succeed({ baseUrl, sent, close }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

/** Waits until the server has had nothing more to send for a tenth of a second. */
const stuck = (sent: { bytes: number }) =>
  Effect.suspend(() => {
    const before = sent.bytes
    return Effect.map(Effect.sleep("100 millis"), () => sent.bytes === before)
  }).pipe(Effect.repeat({ until: (still) => still }))

const clients = {
  fetch: FetchHttpClient.layer,
  undici: NodeHttpClient.layerUndici,
  "node:http": NodeHttpClient.layer
}

describe("a stream of 200 MB", () => {
  for (const [client, layer] of Object.entries(clients)) {
    it.scopedLive(`over ${client} waits in the server while nobody takes its events`, () =>
      Effect.gen(function* () {
        const { baseUrl, sent } = yield* server
        const images = Images.layer.pipe(Layer.provide(Client.layer({ baseUrl })), Layer.provide(layer))
        let taken = 0
        yield* Images.generateStream({ model: "author/slug", prompt: "a red panda" }).pipe(
          Stream.runForEachWhile(() => {
            taken++
            return Effect.as(taken === 1 || taken === 10 ? stuck(sent) : Effect.void, taken < 10)
          }),
          Effect.provide(images)
        )
        // What is not taken fits into the buffers of two sockets: ten events of 200, and a few megabytes.
        expect(sent.bytes).toBeLessThan(10 * event.length + 24 * megabyte)
      })
    )
  }
})
