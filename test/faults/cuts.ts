/** Small answers as raw HTTP, and what has to come of a call whose answer is cut after any of their bytes. */
import { type AddressInfo, createServer, type Socket } from "node:net"
import { Effect, type Scope } from "effect"

/** How often the policy of these calls may try again. */
export const retries = 2

const tinyPicture = "iVBORw0KGgo="
const completed = `{"type":"image_generation.completed","b64_json":"${tinyPicture}","created":1}`
const preview = `{"type":"image_generation.partial_image","partial_image_index":0,"b64_json":"${tinyPicture}"}`
const sse = [`: PROCESSING\n\ndata: ${preview}\n\n`, `data: ${completed}\n\ndata: [DONE]\n\n`]
const picture = ['{"created":1,"data":', `[{"b64_json":"${tinyPicture}"}]}`]
const models = ['{"da', 'ta":[]}']

type Framing = "of known length" | "in chunks" | "that lasts until its end"

const framed: Readonly<Record<Framing, (type: string, parts: ReadonlyArray<string>) => string>> = {
  "of known length": (type, parts) =>
    `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${parts.join("").length}\r\n\r\n${parts.join("")}`,
  "in chunks": (type, parts) =>
    `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n` +
    `${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("")}0\r\n\r\n`,
  "that lasts until its end": (type, parts) =>
    `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nconnection: close\r\n\r\n${parts.join("")}`
}

export interface Case {
  readonly name: "generate" | "generate by events" | "generateStream" | "listModels"
  readonly framing: Framing
  readonly raw: string
  /** With this text the call has all that it needs. */
  readonly last: string
}

const json = "application/json"
const jsonCases = (["of known length", "in chunks"] as const).flatMap(
  (framing): ReadonlyArray<Case> => [
    { name: "generate", framing, raw: framed[framing](json, picture), last: picture[1] ?? "" },
    { name: "listModels", framing, raw: framed[framing](json, models), last: models[1] ?? "" }
  ]
)
const streamCases = (["of known length", "in chunks", "that lasts until its end"] as const).map(
  (framing): Case => ({
    name: "generateStream",
    framing,
    raw: framed[framing]("text/event-stream", sse),
    last: completed
  })
)

/** Of a known length no stream of the API is. */
const joinedCases = (["in chunks", "that lasts until its end"] as const).map(
  (framing): Case => ({
    name: "generate by events",
    framing,
    raw: framed[framing]("text/event-stream", sse),
    last: completed
  })
)

export const cases: ReadonlyArray<Case> = [...jsonCases, ...streamCases, ...joinedCases]

/** The event up to the end of its picture: from there on it is proved that it was paid for. */
const paid = completed.slice(0, completed.indexOf(tinyPicture) + tinyPicture.length + 1)

/** What should be seen of a call whose answer is cut after `at` bytes. */
export const foretell = ({ framing, last, name, raw }: Case, at: number) => {
  const arrived = raw.slice(0, at)
  const previews = name === "generateStream" && arrived.includes(preview) ? 1 : 0
  // The blank line that ends an event may be missing: what was paid for is whole without it.
  if (arrived.includes(last)) return { previews, requests: 1, ended: "success" }
  // Where the head did not tell how long the answer is going to be, its end is its end; and undici, under `fetch` too, takes a reset for one.
  const clean = framing === "that lasts until its end" && arrived.includes("\r\n\r\n")
  if (clean && name === "generateStream") return { previews, requests: 1, ended: "IncompleteStreamError, unknown" }
  if (clean) {
    const billing = arrived.includes(paid) ? "billed" : "unknown"
    return { previews, requests: 1, ended: `ResponseValidationError, ${billing}` }
  }
  return name === "listModels"
    ? { previews, requests: 1 + retries, ended: "ConnectionError, notBilled, response" }
    : { previews, requests: 1, ended: "ConnectionError, unknown, response" }
}

/** A server that has one answer for everything, and leaves the connection open. */
export const rawServer = (raw: string): Effect.Effect<number, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.async<{ readonly port: number; readonly close: () => void }>((resume) => {
        const sockets = new Set<Socket>()
        const listener = createServer((socket) => {
          sockets.add(socket)
          let asked = ""
          socket.on("error", () => {}).on("close", () => sockets.delete(socket))
          socket.on("data", (bytes) => {
            asked += bytes.toString("latin1")
            const [head = "", body] = asked.split("\r\n\r\n", 2)
            const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
            if (body !== undefined && body.length >= length) socket.write(raw)
          })
        }).listen(0, "127.0.0.1", () => {
          const close = () => {
            listener.close()
            for (const socket of sockets) socket.destroy()
          }
          resume(Effect.succeed({ port: (listener.address() as AddressInfo).port, close }))
        })
      }),
      ({ close }) => Effect.sync(close)
    ),
    ({ port }) => port
  )
