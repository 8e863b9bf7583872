import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { list } from "../../../src/commands/job/List.js"
import { submit } from "../../../src/commands/job/Submit.js"
import { lines } from "../../support/batches.js"
import { Environment } from "../../support/emulated.js"
import { inPlace, type Place, ran, submitOf, submitted } from "../../support/jobs.js"

const listed = ({ database }: Place) =>
  Effect.map(ran(list({ database, json: true })), ({ stdout }) => JSON.parse(stdout.join("") || "[]"))

describe("job submit", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("makes a job by the name of the file, says what was added, and what comes next", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const text = `\ufeff${lines("a fox")}\n\n  a dog as it is\r\n`
          const { code, stderr, stdout } = yield* submitted(place, "animals", text, { limit: 5 })
          expect([code, stdout]).toEqual([
            0,
            [`job         animals\nadded       2 requests\nlimit       $5\ndatabase    ${place.database}`]
          ])
          expect(stderr).toMatch(/^next {8}openrouter-images job worker --database \S+\n {12}\S+ job watch animals/)
          expect(yield* listed(place)).toMatchObject([{ job: "animals", total: 2, waiting: 2, limitUsd: 5 }])
        })
      )
    )

    it.scoped("adds nothing twice, and what is new to a job that is there", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* submitted(place, "animals", lines("a fox", "a dog"))
          const again = yield* submitted(place, "animals", lines("a fox", "a dog"))
          expect(again.stdout[0]).toMatch(/^added {7}0 requests; 2 were in it before$/m)
          const { stdout } = yield* submitted(place, "more", lines("a dog", "a cat"), { job: "animals", json: true })
          expect(JSON.parse(stdout.join(""))).toEqual({ job: "animals", requests: 2, added: 1 })
          expect(yield* listed(place)).toMatchObject([{ job: "animals", total: 3, submitting: false }])
        })
      )
    )

    it.scoped("names equal lines, and submits them once where it is told to", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const text = `${lines("a fox", "a dog")}\n\n${lines("a fox")}\n${Array.from({ length: 11 }, () => "a cat").join("\n")}`
          const { code, stderr, stdout } = yield* submitted(place, "animals", text)
          expect([code, stdout[0]]).toEqual([0, expect.stringMatching(/^added {7}14 requests$/m)])
          expect(stderr).toMatch(
            /^13 equal lines \(1 = 4, 5 = 6 = .* = 14 = \.\.\.\): each is sent and paid for; --unique sends the first alone$/m
          )
          const once = yield* submitted(place, "once", text, { unique: true })
          expect(once.stdout[0]).toMatch(/^added {7}3 requests$/m)
          expect(once.stderr).toMatch(/^13 equal lines \(.*\): --unique sends the first of each$/m)
          expect((yield* submitted(place, "none", lines("a fox", "a dog"))).stderr).not.toContain("equal")
        })
      )
    )

    it.scoped("names the line and the field that is wrong, and keeps what stands before it", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const bad = `${lines("a fox")}\n\n${JSON.stringify({ prompt: "x", n: 99 })}\n${lines("a dog")}`
          const { code, stderr } = yield* submitted(place, "animals", bad)
          expect(code).toBe(2)
          expect(stderr).toMatch(/^usage {7}Line 3 of \S+animals\.jsonl is not a request: n: must be .* got 99\.$/m)
          expect(stderr).toMatch(/^what to do {2}.*\(1 request\) stay in the job, and are not added twice\.$/m)
          expect(yield* listed(place)).toMatchObject([{ total: 1, submitting: true }])
          yield* submitted(place, "animals", lines("a fox", "a dog"))
          expect(yield* listed(place)).toMatchObject([{ total: 2, submitting: false }])
        })
      )
    )

    it.scoped.each([
      [
        "a field that is not known",
        `{"promt": "x"}`,
        2,
        /Line 1 of .*there is no field promt, did you mean prompt\?\n[\s\S]*none of its requests/
      ],
      ["no JSON", `{"prompt": `, 2, /Line 1 of .*it is not JSON/],
      ["nothing", "\n  \n", 2, /contains no request/]
    ] as const)("makes no job of a file that begins with %s", ([_, text, exitCode, words]) =>
      inPlace((place) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const { code, stderr } = yield* submitted(place, "animals", text)
          expect([code, stderr]).toEqual([exitCode, expect.stringMatching(words)])
          expect(yield* fs.exists(place.database)).toBe(false)
        })
      )
    )

    it.scoped("makes no job of a file that is not there, nor of one without a name", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const missing = yield* ran(submit(submitOf(place, `${place.folder}/nope.jsonl`)))
          expect([missing.code, missing.stderr]).toEqual([8, expect.stringContaining("nope.jsonl cannot be read")])
          const nameless = yield* ran(submit(submitOf(place, "-")))
          expect([nameless.code, nameless.stderr]).toEqual([2, expect.stringContaining("--job")])
        })
      )
    )

    it.scoped("reads thousands of lines as they come", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const text = Array.from({ length: 3_000 }, (_, i) => `picture ${i}`).join("\n")
          expect((yield* submitted(place, "many", text)).stdout[0]).toContain("3000 requests")
          expect(yield* listed(place)).toMatchObject([{ total: 3_000, submitting: false }])
        })
      )
    )
  })
})
