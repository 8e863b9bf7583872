// Answers as fast as it can, so that what is measured is the client: bodies are made once and sent whole.
import { createServer } from "node:http"

const modelsOf = (count: number) => ({
  data: Array.from({ length: count }, (_, i) => ({
    id: `author/model-${i}`,
    name: `Model ${i}`,
    description: "A text-to-image model with a description of ordinary length. ".repeat(4),
    created: 1764633600 + i,
    architecture: { input_modalities: ["text", "image"], output_modalities: ["image"] },
    supported_parameters: {
      resolution: { type: "enum", values: ["1K", "2K", "4K"] },
      aspect_ratio: { type: "enum", values: ["1:1", "2:3", "3:2", "3:4", "4:3", "9:16", "16:9"] },
      output_format: { type: "enum", values: ["png", "jpeg", "webp"] },
      output_compression: { type: "range", min: 0, max: 100 },
      input_references: { type: "range", min: 0, max: 10 },
      n: { type: "range", min: 1, max: 10 },
      seed: { type: "boolean" }
    },
    supports_streaming: false,
    endpoints: `/api/v1/images/models/author/model-${i}/endpoints`
  }))
})

/** Bytes that no one can guess, with the signature of a PNG. */
const pictureOf = (length: number): string => {
  const bytes = Buffer.alloc(length)
  let state = 0x9e3779b9
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state >>> 24
  }
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(bytes)
  return bytes.toString("base64")
}

const bodies = new Map<string, Buffer>()

/** The prompt says what is wanted: `BYTESxCOUNT`. */
const generationOf = (prompt: string): Buffer => {
  const known = bodies.get(prompt)
  if (known !== undefined) return known
  const [bytes = 1, count = 1] = prompt.split("x").map(Number)
  const picture = { b64_json: pictureOf(bytes), media_type: "image/png" }
  const usage = { prompt_tokens: 10, completion_tokens: 4175, total_tokens: 4185, cost: 0.04 }
  const body = Buffer.from(JSON.stringify({ created: 1748372400, data: Array(count).fill(picture), usage }))
  bodies.set(prompt, body)
  return body
}

const models = Buffer.from(JSON.stringify(modelsOf(40)))

const server = createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const body =
      request.method === "GET"
        ? models
        : generationOf((JSON.parse(Buffer.concat(chunks).toString()) as { prompt: string }).prompt)
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length })
    response.end(body)
  })
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (address !== null && typeof address !== "string") console.log(`http://127.0.0.1:${address.port}/api/v1`)
})
