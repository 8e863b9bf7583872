// Serves generations of 4 MB from memory: to draw them takes longer than to send them. It keeps a ledger and knows the faults of kinds.ts.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { Fault } from "./kinds.js"
import { largePicture } from "./picture.js"

const right = Buffer.from(
  JSON.stringify({
    created: 1764633600,
    data: [{ b64_json: largePicture.toString("base64"), media_type: "image/png" }],
    usage: { prompt_tokens: 1, completion_tokens: 4096, total_tokens: 4097, cost: 0.04 }
  })
)

const withText = (from: string, to: string): Buffer => {
  const at = right.indexOf(from)
  return Buffer.concat([right.subarray(0, at), Buffer.from(to), right.subarray(at + from.length)])
}

const corrupted: Readonly<Record<string, Buffer>> = {
  notJson: Buffer.from("Internal state: OK"),
  cutJson: right.subarray(0, right.length / 2),
  badBase64: withText('"b64_json":"iVBORw0K', '"b64_json":"iVBORw0*'),
  missingField: withText('"data":', '"was_data":'),
  empty: Buffer.alloc(0)
}

const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

const send = (response: ServerResponse, status: number, contentType: string, body: Buffer | string) => {
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(body) })
  response.end(body)
}

/** In pieces, each when the one before has left; for as long as anybody listens. */
const sendSlowly = async (response: ServerResponse, { chunkBytes, everyMillis, keepAlives }: Fault) => {
  response.writeHead(200, { "content-type": "application/json" })
  for (let i = 0; i < Number(keepAlives); i++) response.write(" ")
  for (let at = 0; at < right.length && !response.destroyed; at += Number(chunkBytes)) {
    response.write(right.subarray(at, at + Number(chunkBytes)))
    await sleep(Number(everyMillis))
  }
  response.end()
}

const sendHalf = async (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": right.length })
  response.write(right.subarray(0, right.length / 2))
  await sleep(20)
  response.socket?.resetAndDestroy()
}

const sendStatus = (response: ServerResponse, { body, status }: Fault) =>
  body === "html"
    ? send(response, Number(status), "text/html", `<html><head><title>${status}</title></head></html>`)
    : send(
        response,
        Number(status),
        "application/json",
        JSON.stringify({ error: { code: status, message: `Status ${status}` } })
      )

const answer = (response: ServerResponse, fault: Fault | undefined): unknown => {
  switch (fault?.["_tag"]) {
    case "Status":
      return sendStatus(response, fault)
    case "Reset":
      return fault["at"] === "body" ? sendHalf(response) : response.socket?.resetAndDestroy()
    case "Stall":
      return undefined
    case "Corrupt":
      return send(response, 200, "application/json", corrupted[String(fault["how"])] ?? right)
    case "Pace":
      return sendSlowly(response, fault)
    default:
      return send(response, 200, "application/json", right)
  }
}

/** The faults that spoil an answer which there already is, and so was billed. */
const isBilled = (fault: Fault | undefined): boolean =>
  fault === undefined ||
  fault["afterCompletion"] === true ||
  fault["_tag"] === "Corrupt" ||
  fault["_tag"] === "Pace" ||
  fault["at"] === "body"

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** The server, and the prompts that it billed. */
export const largeServer = (): { readonly server: Server; readonly ledger: ReadonlyArray<string> } => {
  const ledger: Array<string> = []
  const server = createServer(async (request, response) => {
    const header = request.headers["x-emulator-fault"]
    const fault = header === undefined ? undefined : (JSON.parse(String(header)) as Fault)
    const { prompt } = JSON.parse(await textOf(request)) as { readonly prompt: string }
    if (isBilled(fault)) ledger.push(prompt)
    answer(response, fault)
  })
  return { server, ledger }
}
