// A proxy of bytes before a server, that tells what a client does with its sockets.
import { once } from "node:events"
import { connect, createServer } from "node:net"

/** What a socket has sent since its latest generation began. */
const watch = (client, generations) => {
  const seen = { socket: client, request: "", received: 0 }
  client.on("data", (bytes) => {
    const text = bytes.toString("latin1")
    if (!text.startsWith("POST /api/v1/images ")) return
    Object.assign(seen, { request: text, received: 0 })
    generations.push(seen)
  })
  return seen
}

/** Listens on a free port for `target`; `generations` has an entry for each that was asked for, with its socket. */
export const watchedProxy = async (target) => {
  const { hostname, port } = new URL(target)
  const sockets = new Set()
  const generations = []
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    const seen = watch(client, generations)
    upstream.on("data", (bytes) => {
      seen.received += bytes.length
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client]
    ]) {
      sockets.add(one)
      one.pipe(other)
      one.on("error", () => other.destroy())
      one.on("close", () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    generations,
    stop: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    }
  }
}
