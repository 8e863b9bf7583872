/** A server before the API that answers by itself while it is told to. */
import { createServer, request as send } from "node:http"
import { Effect, type Scope } from "effect"

export interface Front {
  readonly baseUrl: string
  /** Answers the next requests with this status: so many, or all of them until it is told otherwise. */
  readonly refuse: (status: number, count?: number) => Effect.Effect<void>
  readonly pass: Effect.Effect<void>
  /** How many it has answered so. */
  readonly refused: Effect.Effect<number>
}

const bodyOf = (status: number): string =>
  JSON.stringify({ error: { code: status, message: `refused with ${status}` }, user_id: "user_figures" })

export const front = (target: string): Effect.Effect<Front, never, Scope.Scope> =>
  Effect.gen(function* () {
    let status = 0
    let left = 0
    let refused = 0
    const server = createServer((request, response) => {
      if (left > 0 && request.method === "POST") {
        left -= 1
        refused += 1
        request.resume()
        const headers = { "content-type": "application/json", ...(status === 429 ? { "retry-after": "1" } : {}) }
        response.writeHead(status, headers).end(bodyOf(status))
        return
      }
      const { origin } = new URL(target)
      const { headers, method } = request
      const onward = send(`${origin}${request.url}`, { method: method ?? "GET", headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      onward.on("error", () => response.destroy())
      request.pipe(onward)
    })
    const port = yield* Effect.acquireRelease(
      Effect.async<number>((resume) => {
        server.listen(0, "127.0.0.1", () => {
          const address = server.address()
          resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
        })
      }),
      () =>
        Effect.sync(() => {
          server.close()
          server.closeAllConnections()
        })
    )
    return {
      baseUrl: `http://127.0.0.1:${port}/api/v1`,
      refuse: (code, count = Number.POSITIVE_INFINITY) =>
        Effect.sync(() => {
          status = code
          left = count
        }),
      refused: Effect.sync(() => refused),
      pass: Effect.sync(() => {
        left = 0
      })
    }
  })
