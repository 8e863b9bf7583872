// Answers as fast as it can, so that what is measured is the client: bodies are made once. The prompt says what is wanted, as JSON.
import { createServer, type ServerResponse } from "node:http"
import { modelsOf, pictureOf } from "./data.js"
import { type Answer, parsePrompt } from "./prompt.js"

const usage = { prompt_tokens: 10, completion_tokens: 4175, total_tokens: 4185, cost: 0.04 }
const created = 1748372400
const media_type = "image/png"

const generation = (sizes: ReadonlyArray<number>): Buffer =>
  Buffer.from(
    JSON.stringify({ created, data: sizes.map((size) => ({ b64_json: pictureOf(size), media_type })), usage })
  )

const event = (body: object): string => `data: ${JSON.stringify(body)}\n\n`

/** All sizes but the last are previews. */
const events = (sizes: ReadonlyArray<number>): Buffer => {
  const previews = sizes
    .slice(0, -1)
    .map((size, partial_image_index) =>
      event({ type: "image_generation.partial_image", partial_image_index, b64_json: pictureOf(size) })
    )
  const completed = {
    type: "image_generation.completed",
    b64_json: pictureOf(sizes.at(-1) ?? 1),
    media_type,
    created,
    usage
  }
  return Buffer.from(`: OPENROUTER PROCESSING\n\n${previews.join("")}${event(completed)}data: [DONE]\n\n`)
}

const bodies = new Map<string, Buffer>()

const bodyOf = ({ sizes, stream }: Answer): Buffer => {
  const key = `${stream} ${sizes}`
  const body = bodies.get(key) ?? (stream ? events(sizes) : generation(sizes))
  bodies.set(key, body)
  return body
}

const models = Buffer.from(JSON.stringify(modelsOf(40)))

const send = (response: ServerResponse, contentType: string, body: Buffer) => {
  response.writeHead(200, { "content-type": contentType, "content-length": body.length })
  response.end(body)
}

const pieceBytes = 64 * 1024

/** As a stream comes: in pieces, each when the one before has left. */
const sendEvents = (response: ServerResponse, body: Buffer) => {
  response.writeHead(200, { "content-type": "text/event-stream" })
  let at = 0
  const more = () => {
    while (at < body.length) {
      const piece = body.subarray(at, at + pieceBytes)
      at += piece.length
      if (!response.write(piece)) return
    }
    response.end()
  }
  response.on("drain", more)
  more()
}

const server = createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    if (request.method === "GET") return send(response, "application/json", models)
    const answer = parsePrompt(Buffer.concat(chunks).toString())
    const body = bodyOf(answer)
    setTimeout(
      () => (answer.stream ? sendEvents(response, body) : send(response, "application/json", body)),
      answer.delayMillis
    )
  })
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (address !== null && typeof address !== "string") console.log(`http://127.0.0.1:${address.port}/api/v1`)
})
