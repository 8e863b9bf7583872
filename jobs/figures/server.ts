/** A server that answers at once with the smallest picture, so that what is measured is the worker and its database. */
import { createServer } from "node:http"
import { Effect, type Scope } from "effect"

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
const answer = JSON.stringify({
  created: 1,
  data: [{ b64_json: png, media_type: "image/png" }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 0.04 }
})

/** Its base URL. */
export const instant: Effect.Effect<string, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.async<ReturnType<typeof createServer>>((resume) => {
      const server = createServer((request, response) => {
        request.resume()
        request.on("end", () => {
          response.writeHead(200, { "content-type": "application/json" })
          response.end(answer)
        })
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  ),
  (server) => {
    const address = server.address()
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/api/v1`
  }
)
