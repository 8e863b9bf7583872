// The same work, done by each contender: what comes back is the number of picture bytes, or of models.
import { parsePictures } from "./prompt.js"

export interface Contender {
  readonly generate?: (prompt: string) => Promise<number>
  readonly stream?: (prompt: string) => Promise<number>
  readonly models?: () => Promise<number>
}

const model = "author/model-1"
const apiKey = "key"

/** How many pictures a prompt asks for. */
const picturesOf = (prompt: string): number => parsePictures(prompt).sizes.length

const total = (pictures: ReadonlyArray<Uint8Array>): number => pictures.reduce((sum, { length }) => sum + length, 0)
const bytesOf = (b64: string): Uint8Array => Buffer.from(b64, "base64")

const post = (baseUrl: string, prompt: string, stream: boolean): Promise<Response> =>
  fetch(`${baseUrl}/images`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ model, prompt, n: picturesOf(prompt), ...(stream ? { stream } : {}) })
  })

/** What people write by hand: no checks, no types, no retries. */
const raw = async (baseUrl: string): Promise<Contender> => ({
  generate: async (prompt) => {
    const response = await post(baseUrl, prompt, false)
    const { data } = JSON.parse(await response.text()) as {
      readonly data: ReadonlyArray<{ readonly b64_json: string }>
    }
    return total(data.map(({ b64_json }) => bytesOf(b64_json)))
  },
  models: async () => {
    const response = await fetch(`${baseUrl}/images/models`)
    return (JSON.parse(await response.text()) as { readonly data: ReadonlyArray<unknown> }).data.length
  }
})

/** The floor under everything: the bytes are read and dropped. */
const bytes = async (baseUrl: string): Promise<Contender> => {
  const read = async (prompt: string, stream: boolean) => {
    let length = 0
    const { body } = await post(baseUrl, prompt, stream)
    if (body !== null) for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) length += chunk.length
    return length
  }
  return { generate: (prompt) => read(prompt, false), stream: (prompt) => read(prompt, true) }
}

/** The parser that most people take for server-sent events, and `JSON.parse`. */
const parser = async (baseUrl: string): Promise<Contender> => {
  const { createParser } = await import("eventsource-parser")
  return {
    stream: async (prompt) => {
      let length = 0
      const { feed } = createParser({
        maxBufferSize: Number.POSITIVE_INFINITY,
        onEvent: ({ data }) => {
          if (data !== "[DONE]") length += bytesOf((JSON.parse(data) as { readonly b64_json: string }).b64_json).length
        }
      })
      const decoder = new TextDecoder()
      const { body } = await post(baseUrl, prompt, true)
      if (body !== null) {
        for await (const chunk of body as unknown as AsyncIterable<Uint8Array>)
          feed(decoder.decode(chunk, { stream: true }))
      }
      return length
    }
  }
}

const sdk = async (baseUrl: string): Promise<Contender> => {
  const { OpenRouter } = await import("@openrouter/sdk")
  const client = new OpenRouter({ apiKey, serverURL: baseUrl })
  return {
    generate: async (prompt) => {
      const response = await client.images.generate({
        imageGenerationRequest: { model, prompt, n: picturesOf(prompt), stream: false }
      })
      return "data" in response ? total(response.data.map(({ b64Json }) => bytesOf(b64Json))) : 0
    },
    stream: async (prompt) => {
      let length = 0
      const response = await client.images.generate({ imageGenerationRequest: { model, prompt, stream: true } })
      if (!("data" in response))
        for await (const event of response) if ("b64Json" in event) length += bytesOf(event.b64Json).length
      return length
    },
    models: async () => (await client.images.listModels()).data.length
  }
}

const openai = async (baseUrl: string): Promise<Contender> => {
  const { default: OpenAI } = await import("openai")
  const client = new OpenAI({ apiKey, baseURL: baseUrl })
  return {
    generate: async (prompt) => {
      const { data = [] } = await client.images.generate({ model, prompt, n: picturesOf(prompt) })
      return total(data.map(({ b64_json }) => bytesOf(b64_json ?? "")))
    },
    stream: async (prompt) => {
      let length = 0
      for await (const { b64_json } of await client.images.generate({ model, prompt, stream: true })) {
        length += bytesOf(b64_json).length
      }
      return length
    }
  }
}

/** What Effect's own HttpClient takes for it, without a check, a retry or a timeout. */
const platform = async (baseUrl: string): Promise<Contender> => {
  const FetchHttpClient = await import("@effect/platform/FetchHttpClient")
  const HttpClient = await import("@effect/platform/HttpClient")
  const HttpClientRequest = await import("@effect/platform/HttpClientRequest")
  const Effect = await import("effect/Effect")
  const ManagedRuntime = await import("effect/ManagedRuntime")
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

const ours = async (baseUrl: string, wire: "json" | "events" = "json"): Promise<Contender> => {
  const Client = await import("effect-openrouter-images/Client")
  const Images = await import("effect-openrouter-images/Images")
  const FetchHttpClient = await import("@effect/platform/FetchHttpClient")
  const Effect = await import("effect/Effect")
  const Layer = await import("effect/Layer")
  const ManagedRuntime = await import("effect/ManagedRuntime")
  const Redacted = await import("effect/Redacted")
  const Stream = await import("effect/Stream")
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

/** The same, whose `generate` asks for events. */
const events = (baseUrl: string): Promise<Contender> => ours(baseUrl, "events")

export const contenders = { bytes, raw, parser, platform, openai, sdk, ours, events }
export type Name = keyof typeof contenders
