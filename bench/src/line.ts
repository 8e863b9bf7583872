// The contenders made of Effect. The build makes this file for Effect 4, too.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Client from "effect-openrouter-images/Client"
import * as Images from "effect-openrouter-images/Images"
import { apiKey, bytesOf, type Contender, model, picturesOf, total } from "./contender.js"

/** What Effect's own HttpClient takes for it, without a check, a retry or a timeout. */
export const platform = (baseUrl: string): Contender => {
  const runtime = ManagedRuntime.make(FetchHttpClient.layer)
  const run = <A>(request: Parameters<typeof HttpClient.execute>[0], read: (json: A) => number) =>
    runtime.runPromise(
      HttpClient.execute(request).pipe(
        Effect.flatMap((response) => response.json),
        Effect.map((json) => read(json as A))
      )
    )
  return {
    generate: (prompt) =>
      run<{ readonly data: ReadonlyArray<{ readonly b64_json: string }> }>(
        HttpClientRequest.post(`${baseUrl}/images`, { headers: { authorization: `Bearer ${apiKey}` } }).pipe(
          HttpClientRequest.bodyUnsafeJson({ model, prompt, n: picturesOf(prompt) })
        ),
        ({ data }) => total(data.map(({ b64_json }) => bytesOf(b64_json)))
      ),
    models: () =>
      run<{ readonly data: ReadonlyArray<unknown> }>(
        HttpClientRequest.get(`${baseUrl}/images/models`),
        ({ data }) => data.length
      )
  }
}

/** This library. `wire` is how its `generate` asks for pictures. */
export const ours = (baseUrl: string, wire: "json" | "events" = "json"): Contender => {
  const runtime = ManagedRuntime.make(
    Images.layer.pipe(
      Layer.provide(Client.layer({ baseUrl, apiKey: Redacted.make(apiKey) })),
      Layer.provide(FetchHttpClient.layer)
    )
  )
  return {
    generate: (prompt) =>
      runtime.runPromise(
        Effect.map(Images.generate({ model, prompt, n: picturesOf(prompt) }, { wire }), ({ data }) =>
          total(data.map(({ bytes }) => bytes))
        )
      ),
    stream: (prompt) =>
      runtime.runPromise(
        Stream.runFold(Images.generateStream({ model, prompt }), 0, (length, event) =>
          "image" in event ? length + event.image.bytes.length : length
        )
      ),
    models: () => runtime.runPromise(Effect.map(Images.listModels(), ({ data }) => data.length))
  }
}
