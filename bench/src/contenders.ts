// The same work, done three ways: by hand, with the official SDK, and with this library.

export interface Contender {
  readonly generate: (prompt: string) => Promise<number>
  readonly listModels: () => Promise<number>
}

const model = "author/model-1"

const total = (pictures: ReadonlyArray<Uint8Array>): number => pictures.reduce((sum, { length }) => sum + length, 0)

/** What people write by hand: no checks, no types, no retries. */
const raw = async (baseUrl: string): Promise<Contender> => ({
  generate: async (prompt) => {
    const response = await fetch(`${baseUrl}/images`, {
      method: "POST",
      headers: { authorization: "Bearer key", "content-type": "application/json" },
      body: JSON.stringify({ model, prompt })
    })
    const { data } = JSON.parse(await response.text()) as {
      readonly data: ReadonlyArray<{ readonly b64_json: string }>
    }
    return total(data.map(({ b64_json }) => Buffer.from(b64_json, "base64")))
  },
  listModels: async () => {
    const response = await fetch(`${baseUrl}/images/models`)
    return (JSON.parse(await response.text()) as { readonly data: ReadonlyArray<unknown> }).data.length
  }
})

const sdk = async (baseUrl: string): Promise<Contender> => {
  const { OpenRouter } = await import("@openrouter/sdk")
  const client = new OpenRouter({ apiKey: "key", serverURL: baseUrl })
  return {
    generate: async (prompt) => {
      const response = await client.images.generate({ imageGenerationRequest: { model, prompt, stream: false } })
      return "data" in response ? total(response.data.map(({ b64Json }) => Buffer.from(b64Json, "base64"))) : 0
    },
    listModels: async () => (await client.images.listModels()).data.length
  }
}

const ours = async (baseUrl: string): Promise<Contender> => {
  const Client = await import("effect-openrouter-images/Client")
  const Images = await import("effect-openrouter-images/Images")
  const FetchHttpClient = await import("@effect/platform/FetchHttpClient")
  const Effect = await import("effect/Effect")
  const Layer = await import("effect/Layer")
  const ManagedRuntime = await import("effect/ManagedRuntime")
  const Redacted = await import("effect/Redacted")
  const runtime = ManagedRuntime.make(
    Images.layer.pipe(
      Layer.provide(Client.layer({ baseUrl, apiKey: Redacted.make("key") })),
      Layer.provide(FetchHttpClient.layer)
    )
  )
  return {
    generate: (prompt) =>
      runtime.runPromise(
        Effect.map(Images.generate({ model, prompt }), ({ data }) => total(data.map(({ bytes }) => bytes)))
      ),
    listModels: () => runtime.runPromise(Effect.map(Images.listModels(), ({ data }) => data.length))
  }
}

export const contenders = { raw, sdk, ours }
export type Name = keyof typeof contenders
