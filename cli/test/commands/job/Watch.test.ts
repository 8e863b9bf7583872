import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { cancel } from "../../../src/commands/job/Cancel.js"
import { list } from "../../../src/commands/job/List.js"
import { results } from "../../../src/commands/job/Results.js"
import { retry } from "../../../src/commands/job/Retry.js"
import { status } from "../../../src/commands/job/Status.js"
import { type WatchOptions, watch } from "../../../src/commands/job/Watch.js"
import { lines, script } from "../../support/batches.js"
import { begun, Environment, eventually, terminalOf } from "../../support/emulated.js"
import { inPlace, made, type Place, ran, submitted, worked } from "../../support/jobs.js"

const watchOf = ({ database }: Place): WatchOptions => ({ database, name: undefined, json: false })

const watched = (place: Place, more: Partial<WatchOptions> = {}) => ran(watch({ ...watchOf(place), ...more }))

describe("job watch", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("says in a line what has changed, until the job ends", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* submitted(place, "animals", lines("a fox", "a dog"))
          const { fiber, said } = yield* begun(watch(watchOf(place)))
          yield* eventually(Effect.sync(() => said.stderr.length > 0))
          expect(said.stderr[0]).toMatch(/^waiting {5}nothing is running at the moment.* job worker/)
          yield* worked(place)
          yield* Fiber.join(fiber)
          const { stdout } = said
          expect(stdout[0]).toBe("animals: 0 of 2 done, 2 waiting, $0")
          expect(stdout.at(-1)).toBe("animals: 2 of 2 done, $0.08 (emulated)")
        })
      )
    )

    it.scoped("draws in a terminal, and leaves how it ended", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* made(place, "animals", "a fox", "a dog")
          const written: Array<string> = []
          const { code, stdout } = yield* Effect.provide(watched(place), terminalOf(written))
          expect([code, stdout]).toEqual([0, []])
          expect(written.join("")).toMatch(/JOB {6}DONE[\s\S]*animals {2}2 of 2[\s\S]*█{40} 2 of 2 \(100 %\)\n$/)
        })
      )
    )

    it.scoped("gives programs a line of JSON for each change", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* made(place, "animals", "a fox")
          const { stdout } = yield* watched(place, { json: true })
          expect(stdout.map((line) => JSON.parse(line))).toMatchObject([{ job: "animals", done: 1, finished: true }])
        })
      )
    )

    it.scoped("ends with the code of what failed, and of a job that was cancelled", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* submitted(place, "animals", lines("a fox"))
          yield* script({ _tag: "Status", status: 404 })
          yield* worked(place)
          expect((yield* watched(place, { name: "animals" })).code).toBe(2)
          yield* submitted(place, "boats", lines("a boat"))
          const stopped = yield* ran(cancel({ ...place, name: "boats", json: false }))
          expect(stopped.stdout[0]).toMatch(/^cancelled {3}1 request of boats; 0 done, 0 failed before$/m)
          const { code, stderr } = yield* watched(place)
          expect([code, stderr]).toEqual([130, expect.stringMatching(/^cancelled {3}1 of 1 request, never sent$/m)])
          const refused = yield* submitted(place, "boats", lines("another boat"))
          expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("job retry boats")])
          yield* ran(retry({ ...place, name: "boats", mayPayTwice: false, json: false }))
          expect((yield* worked(place)).code).toBe(0)
        })
      )
    )

    it.scoped("names what failed by its id, its line and its prompt, and not all of many", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const prompt = `a fox that ${"jumps over a dog, and ".repeat(10)}rests`
          yield* submitted(place, "animals", `${lines("a fox")}\n\n${lines(prompt, "a dog", "a cat", "a cow")}`)
          yield* script(...Array.from({ length: 5 }, () => ({ _tag: "Status", status: 404 }) as const))
          yield* worked(place, { concurrency: 1 })
          const shown = { ...place, name: "animals", all: false, json: false }
          const told = (yield* ran(status(shown))).stdout.join("\n")
          expect(told).toMatch(
            /^which {7}animals\/\w+-0 \(line 1\) a fox\n {12}animals\/\w+-0 \(line 3\) a fox that jumps over a dog, and jumps.*\.\.\.\n {12}\S+ \(line 4\) a dog\n {12}and 2 more: openrouter-images job status animals --all --database /m
          )
          const all = (yield* ran(status({ ...shown, all: true }))).stdout.join("\n")
          expect(all).toMatch(/^animals\/\w+-0\tline 6\tfailed\tnot billed\tNotFoundResponseError\ta cow$/m)
          const { failures } = JSON.parse((yield* ran(status({ ...shown, json: true }))).stdout.join(""))
          expect(failures).toMatchObject([
            { items: 5, first: [{ line: 1, position: 0 }, { line: 3, prompt }, { line: 4 }] }
          ])
        })
      )
    )

    it.scoped("marks the dollars of the emulator, wherever it tells them", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* made(place, "animals", "a fox")
          const shown = { ...place, name: "animals", all: false, json: false }
          const told = [
            ...(yield* ran(list({ ...place, json: false }))).stdout,
            ...(yield* ran(status(shown))).stdout,
            ...(yield* watched(place)).stdout,
            (yield* ran(results({ ...place, name: "animals", out: `${place.folder}/out`, noProvenance: false }))).stderr
          ].join("\n")
          expect(told.match(/\$\d[\d.]*/g)?.length).toBeGreaterThanOrEqual(4)
          expect(told).not.toMatch(/\$\d[\d.]*(?! \(emulated\))(?![\d.])/)
          const json = JSON.parse((yield* ran(status({ ...shown, json: true }))).stdout.join(""))
          expect(json.emulatedUsd).toBe(json.spentUsd)
          expect(json.spentUsd).toBeGreaterThan(0)
        })
      )
    )

    it.scoped("names the jobs that there are, where the one that was named is none of them", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const nowhere = yield* watched(place)
          expect([nowhere.code, nowhere.stderr]).toEqual([8, expect.stringContaining("There is no database")])
          yield* submitted(place, "animals", lines("a fox"))
          yield* submitted(place, "boats", lines("a boat"))
          const { code, stderr } = yield* ran(status({ ...place, name: "boat", all: false, json: false }))
          expect([code, stderr]).toEqual([2, expect.stringMatching(/no job "boat"[\s\S]*There are: boats, animals\./)])
          const listed = yield* ran(list({ ...place, json: false }))
          expect(
            listed.stdout
              .join("\n")
              .split("\n")
              .map((line) => line.split(/\s{2,}/)[0])
          ).toEqual([...["JOB", "boats", "animals"]])
        })
      )
    )
  })
})
