// The same work, done by each contender: what comes back is the number of picture bytes, or of models.
import { apiKey, bytesOf, type Contender, model, picturesOf, total } from "./contender.js"

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

/** Those made of Effect, on each of its lines. */
const ours = async (baseUrl: string) => (await import("./line.js")).ours(baseUrl)
const events = async (baseUrl: string) => (await import("./line.js")).ours(baseUrl, "events")
const platform = async (baseUrl: string) => (await import("./line.js")).platform(baseUrl)

/** The same file for Effect 4, which `npm run build` makes. */
const line4 = (): Promise<typeof import("./line.js")> =>
  import(new URL("../../effect4/bench/dist/line.js", import.meta.url).href)

const ours4 = async (baseUrl: string) => (await line4()).ours(baseUrl)
const platform4 = async (baseUrl: string) => (await line4()).platform(baseUrl)

export const contenders = {
  bytes,
  raw,
  parser,
  platform,
  "platform 4": platform4,
  openai,
  sdk,
  ours,
  "ours 4": ours4,
  events
}
export type Name = keyof typeof contenders
