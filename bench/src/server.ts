// Answers as fast as it can, so that what is measured is the client: bodies are made once. The prompt says what is wanted, as JSON.
import { createServer, type ServerResponse } from "node:http"
import { bodyOf } from "./bodies.js"
import { modelsOf } from "./data.js"
import { parsePrompt } from "./prompt.js"

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
