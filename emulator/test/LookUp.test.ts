import { describe, expect, layer } from "@effect/vitest"
import { Effect, Either } from "effect"
import { Emulator, Fault } from "effect-openrouter-images-emulator"
import { generated, get } from "./support/calls.js"

/** What can be looked up about a generation that was made. */
const paths = Effect.map(generated(), (id) => [`/generation?id=${id}`, "/key", "/credits"])

describe("an answer about a generation, a key or credits", () => {
  layer(Emulator.layerClient, { excludeTestServices: true })((it) => {
    it.effect("is a failure when a script says so, and is right the next time", () =>
      Effect.gen(function* () {
        const { requests, reset, script } = yield* Emulator.Emulator
        for (const path of yield* paths) {
          yield* reset
          yield* script([
            { _tag: "Status", status: 429, headers: { "retry-after": "3" } },
            { _tag: "Recorded", as: "userNotFound" },
            { _tag: "Status", status: 502, body: "html" },
            { _tag: "Reset", at: "body" },
            { _tag: "Corrupt", how: "cutJson" }
          ])
          const failures = yield* Effect.replicateEffect(Effect.either(get(path)), 5)
          const seen = failures.map(Either.match({ onLeft: ({ _tag }) => _tag, onRight: ({ status }) => status }))
          expect([path, seen]).toEqual([path, [429, 401, "NotJson", "ResponseError", "NotJson"]])
          expect(yield* requests).toHaveLength(5)
        }
      })
    )

    it.effect("takes a fault of its own, and names no generation in its head", () =>
      Effect.gen(function* () {
        for (const path of yield* paths) {
          const { headers, status } = yield* get(path, { fault: { _tag: "Status", status: 500 } })
          expect([path, status]).toEqual([path, 500])
          expect(headers).not.toHaveProperty("x-generation-id")
        }
      })
    )

    it.effect("stays as it is when an edit asks for what it has not", () =>
      Effect.gen(function* () {
        const ways = ["mislabelled", "commentsFirst"]
        for (const path of yield* paths) {
          const { body, headers } = yield* get(path)
          for (const how of Fault.edits.filter((one) => !ways.includes(one))) {
            const edited = yield* get(path, { fault: { _tag: "Edit", how } })
            expect([how, edited.status, edited.headers["content-type"], edited.body]).toEqual([
              ...[how, 200, headers["content-type"], body]
            ])
          }
        }
      })
    )
  })
})
