import { HttpBody, HttpClient } from "@effect/platform"
import { describe, expect, it, layer } from "@effect/vitest"
import { Effect, Either, Exit } from "effect"
import { Emulator, Fault } from "effect-openrouter-images-emulator"
import type { Refusal } from "../../src/answers/Refusal.js"
import { readFault, readScript } from "../../src/faults/FaultText.js"

const wrong: ReadonlyArray<readonly [fault: unknown, message: RegExp]> = [
  [{ _tag: "Status", status: 99 }, /status: must be a status with a body: an integer from 200 to 599.*, got 99$/],
  [{ _tag: "Status", status: 1000 }, /status: .*, got 1000$/],
  [{ _tag: "Status", status: 204 }, /status: .*, got 204$/],
  [{ _tag: "Status", status: 500, httpStatus: 0 }, /httpStatus: .*, got 0$/],
  [{ _tag: "Status", status: 429, headers: { "a b": "c" } }, /headers: must have legal names, got "a b"$/],
  [{ _tag: "Status", status: 429, headers: { a: "b\nc" } }, /headers: must have legal values/],
  [{ _tag: "Pace", chunkBytes: 0 }, /chunkBytes: must be an integer from 1 to \d+, got 0$/],
  [{ _tag: "Pace", chunkBytes: -1 }, /chunkBytes: .*, got -1$/],
  [{ _tag: "Pace", everyMillis: -1 }, /everyMillis: .*, got -1$/],
  [{ _tag: "Reset", at: "foot" }, /at: must be "head" or "body", got "foot"$/],
  [{ _tag: "Nope" }, /_tag: must be .*"Status".*, got "Nope"$/],
  [3, /must be a fault such as|must be a list of faults such as|0: must be a/]
]

const saidBy = (answer: Either.Either<unknown, Refusal>): string =>
  Either.isLeft(answer) ? (answer.left.response.message ?? "") : "taken"

describe("a fault that cannot be", () => {
  for (const [fault, message] of wrong) {
    it(`is refused shortly: ${JSON.stringify(fault)}`, () => {
      for (const said of [
        saidBy(readFault(JSON.stringify(fault))),
        saidBy(readScript(JSON.stringify([null, fault])))
      ]) {
        expect(said).toMatch(message)
        expect(said.length).toBeLessThan(250)
      }
    })
  }

  layer(Emulator.layerClient)((it) => {
    const bad = { _tag: "Status", status: 99 } as const

    it.effect("is answered with 400 in the header of a request and as a script", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* Emulator.Emulator
        const client = yield* HttpClient.HttpClient
        const own = yield* client.get(`${baseUrl}/images/models`, { headers: { [Fault.header]: JSON.stringify(bad) } })
        const body = HttpBody.text(JSON.stringify([bad]), "application/json")
        const script = yield* client.post(baseUrl.replace("/api/v1", "/emulator/script"), { body })
        expect([own.status, script.status]).toEqual([400, 400])
        expect(yield* own.text).toContain("got 99")
        expect(yield* script.text).toContain("got 99")
        expect((yield* client.get(`${baseUrl}/images/models`)).status).toBe(200)
      })
    )

    it.effect("dies in a script from within the program", () =>
      Effect.gen(function* () {
        const { script } = yield* Emulator.Emulator
        expect(Exit.isFailure(yield* Effect.exit(script([bad])))).toBe(true)
      })
    )

    it.effect("leaves out the generation id where there is none", () =>
      Effect.gen(function* () {
        const { baseUrl, script } = yield* Emulator.Emulator
        yield* script([{ _tag: "Corrupt", how: "notJson" }])
        const response = yield* Effect.flatMap(HttpClient.HttpClient, (client) =>
          client.get(`${baseUrl}/images/models`)
        )
        expect(response.headers).not.toHaveProperty("x-generation-id")
      })
    )
  })
})
