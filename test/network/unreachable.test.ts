import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeWire, whyNot } from "./support/namespaces.js"

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

const reason = whyNot()
if (reason !== undefined) console.log(`no server becomes unreachable in these tests: ${reason}`)

const describeHere = reason === undefined ? describe.concurrent : describe.skip

describeHere("a server that becomes unreachable once it has the request", () => {
  it.scopedLive.each(["fetch", "undici", "node:http"])(
    "leaves open what it cost, over a pooled connection of %s, and gets the request once",
    (client) =>
      Effect.gen(function* () {
        const { cut, loseAnswers, runClient, runServer, serverAddress } = yield* makeWire
        const server = yield* runServer(file("support/countingServer.js"))
        const port = (yield* server.line).replace("listening ", "")
        const program = yield* runClient(
          file("support/pooledClient.js"),
          `http://${serverAddress}:${port}/api/v1`,
          client
        )
        expect([yield* program.line, yield* server.line]).toEqual(["first", "arrived 1"])
        yield* loseAnswers
        yield* program.say("go on")
        expect(yield* server.line).toBe("arrived 2")
        yield* cut
        const error = JSON.parse(yield* program.line)
        expect(error).toMatchObject({ _tag: "ConnectionError", phase: "response", billing: "unknown" })
        // What the kernel says of it: by its code alone it could be of a connection that was never made.
        expect(error).toMatchObject({ code: "EHOSTUNREACH", description: expect.stringMatching(/^read EHOSTUNREACH/) })
      })
  )
})
