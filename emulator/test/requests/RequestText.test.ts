import { FetchHttpClient, HttpBody, HttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"

const mebibyte = new Uint8Array(1024 * 1024).fill(32)

const environments = {
  "in memory": Emulator.layerClient,
  "over HTTP": Layer.merge(FetchHttpClient.layer, Emulator.layerServer())
}

/** A body of blanks, sent in chunks without an announced length. */
const post = (mebibytes: number) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const client = yield* HttpClient.HttpClient
    const body = HttpBody.stream(Stream.take(Stream.forever(Stream.succeed(mebibyte)), mebibytes), "application/json")
    return yield* client.post(`${baseUrl}/images`, { headers: { authorization: "Bearer key" }, body })
  })

for (const [name, environment] of Object.entries(environments)) {
  describe(`a chunked body ${name}`, () => {
    it.live("is refused with 413 above 64 MiB and read below", () =>
      Effect.gen(function* () {
        expect((yield* post(65)).status).toBe(413)
        expect((yield* post(64)).status).toBe(400)
      }).pipe(Effect.provide(environment))
    )
  })
}
