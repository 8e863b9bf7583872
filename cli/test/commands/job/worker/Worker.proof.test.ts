import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { decide } from "../../../../src/commands/job/Decide.js"
import { results } from "../../../../src/commands/job/Results.js"
import { retry } from "../../../../src/commands/job/Retry.js"
import { status } from "../../../../src/commands/job/Status.js"
import { worker } from "../../../../src/commands/job/worker/Worker.js"
import { billed, lines, resultsIn, script } from "../../../support/batches.js"
import {
  cancelledAfter,
  cancelledWhen,
  Environment,
  eventually,
  heard,
  sent,
  terminalOf
} from "../../../support/emulated.js"
import { inPlace, type Place, ran, submitted, worked, workerOf } from "../../../support/jobs.js"

const statusOf = ({ database }: Place, name: string) =>
  Effect.map(ran(status({ database, name, all: false, json: true })), ({ stdout }) => JSON.parse(stdout.join("")))

const waiting = /^warning {5}Another process works on \S+\.db; this one waits for its end$/m

/** Whether a worker has begun its first call, so that the file is its own. */
const begins = Effect.map(sent, (all) => all > 0)

describe("job worker", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("makes the pictures of all jobs, a line for each change, and ends when nothing is left", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* submitted(place, "animals", lines("a fox", "a dog"))
          yield* submitted(place, "boats", lines("a boat"), { limit: 2 })
          const { code, stderr, stdout } = yield* worked(place)
          expect([code, (yield* billed).sort()]).toEqual([0, ["a boat", "a dog", "a fox"]])
          expect(stdout).toContain("animals: 2 of 2 done, $0.08 (emulated)")
          expect(stdout).toContain("boats: 1 of 1 done, $0.04 of $2 (emulated)")
          expect(stderr).toMatch(/^store {7}\S+store\nworker {6}2 requests at a time; Ctrl-C finishes/m)
          const again = yield* worked(place)
          expect([again.code, again.stdout, again.stderr]).toEqual([0, [], expect.stringContaining("nothing is left")])
          expect(yield* billed).toHaveLength(3)
        })
      )
    )

    it.scoped("shows in a terminal how far it is, and says of each job that it has ended", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* submitted(place, "animals", lines("a fox", "a dog"))
          yield* script({ _tag: "Pace", delayMillis: 1_500 })
          const written: Array<string> = []
          const { stdout } = yield* Effect.provide(worked(place), terminalOf(written))
          expect(stdout).toEqual(["animals: 2 of 2 done, $0.08 (emulated)"])
          expect(written.join("")).toMatch(/[█░]+ \d of 2, \d running, \$/)
          expect(written.at(-1)).toBe("\r\u001b[2K")
        })
      )
    )

    it.scoped("ends with the code of what failed, and status says of each what to do", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* submitted(place, "animals", lines("a fox", "a dog", "a cat"))
          yield* script({ _tag: "Status", status: 403 }, { _tag: "Reset", at: "head", afterCompletion: true })
          const { code, stderr } = yield* worked(place, { concurrency: 1 })
          expect(code).toBe(6)
          expect(stderr).toMatch(/^failed {6}2 of 3 requests: 1 \w+, 1 \w+\ncost {8}Of what failed: 1 \S+/m)
          expect(stderr).toMatch(/^what to do {2}openrouter-images job status animals --database \S+ says/m)
          const told = (yield* ran(status({ ...place, name: "animals", all: false, json: false }))).stdout.join("\n")
          expect(told).toMatch(/^animals {2}1 of 3 {2}2 \(1 perhaps billed\)/m)
          expect(told).toMatch(/^failed {6}1 ForbiddenResponseError, not billed$/m)
          expect(told).toMatch(/use a key that may do this\. Then: openrouter-images job retry animals/)
          expect(told).toMatch(/^failed {6}1 ConnectionError, perhaps billed$/m)
          expect(told).toMatch(/activity; to pay again: openrouter-images job retry animals --may-pay-twice/)
          const free = yield* ran(retry({ ...place, name: "animals", mayPayTwice: false, json: false }))
          expect(free.stdout[0]).toMatch(/^again {7}1 request of animals\nleft {8}1 that failed stay/)
          expect((yield* worked(place)).code).toBe(6)
          expect(yield* statusOf(place, "animals")).toMatchObject({ done: 2, failed: 1 })
          yield* ran(retry({ ...place, name: "animals", mayPayTwice: true, json: false }))
          expect((yield* worked(place)).code).toBe(0)
        })
      )
    )

    it.scoped("asks what calls cost that may have been billed, sends again what was free, and tells what was not", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* submitted(place, "animals", lines("a fox", "a dog"))
          yield* script({ _tag: "Reset", at: "body" }, { _tag: "Status", status: 524 })
          const fiber = yield* Effect.fork(worked(place, { concurrency: 1 }))
          const open = yield* Effect.repeat(statusOf(place, "animals"), {
            until: ({ unsettled }) => unsettled === 2,
            schedule: Schedule.spaced("100 millis")
          }).pipe(Effect.zipRight(ran(status({ ...place, name: "animals", all: false, json: false }))))
          expect(open.stdout.join("\n")).toMatch(
            /UNSETTLED[\s\S]*^unsettled +2 calls may have been billed \(.*\); workers ask/m
          )
          const retried = yield* ran(retry({ ...place, name: "animals", mayPayTwice: true, json: false }))
          expect(retried.stdout.join("\n")).toMatch(/^again +0 requests of animals\nunsettled +2 may have been billed/m)
          const { code, stdout } = yield* Fiber.join(fiber)
          expect([code, stdout.at(-1)]).toEqual([6, "animals: 1 of 2 done, 1 failed, $0.08 (emulated)"])
          expect((yield* billed).sort()).toEqual(["a dog", "a fox"])
          const told = (yield* ran(status({ ...place, name: "animals", all: false, json: false }))).stdout.join("\n")
          expect(told).toMatch(
            /^settled +1 call gave no picture and was billed: \$0\.04 \(emulated: nothing is billed\)$/m
          )
          expect(told).toMatch(/^failed {6}1 ConnectionError, billed$/m)
          const out = `${place.folder}/out`
          yield* ran(results({ ...place, name: "animals", out, noProvenance: false }))
          const costs = (yield* resultsIn({ file: "", out })).map(({ billing, cost, result }) => [
            result,
            billing,
            cost
          ])
          expect(costs.sort()).toEqual([
            ["ConnectionError", "billed", 0.04],
            ["ok", "billed", 0.04]
          ])
          expect(told).toMatch(/It was paid for; to pay again: openrouter-images job retry animals --may-pay-twice/)
        })
      )
    )

    it.scoped("asks about what may have been billed, and does what was decided", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* submitted(place, "animals", lines("a fox"))
          yield* script({ _tag: "Reset", at: "head", afterCompletion: true })
          const asked = yield* worked(place, { onUnknown: "ask" })
          expect([asked.code, asked.stderr]).toEqual([6, expect.stringMatching(/^undecided {3}1 wait for a decision/m)])
          const told = (yield* ran(status({ ...place, name: "animals", all: false, json: false }))).stdout.join("\n")
          const item = /^undecided {3}(animals\/\S+) \(line 1\) a fox$/m.exec(told)?.[1] ?? ""
          const decided = (decision: string) =>
            ran(decide({ ...place, item, decision, allUnknown: false, error: undefined }))
          expect((yield* decided("maybe")).stderr).toContain('retry or fail, got "maybe"')
          expect((yield* decided("retry")).stdout).toEqual([`decided     ${item}: sent again`])
          expect((yield* decided("fail")).code).toBe(2)
          expect((yield* worked(place, { onUnknown: "ask" })).code).toBe(0)
          expect(yield* billed).toHaveLength(2)
        })
      )
    )

    it.scoped("finishes what is under way when it is told to end, and says so", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* submitted(place, "animals", lines("a fox", "a dog", "a cat", "an owl"))
          yield* script({ _tag: "Pace", delayMillis: 1_000 }, { _tag: "Pace", delayMillis: 1_000 })
          const { stderr } = yield* cancelledAfter(2, worker(workerOf(place, { untilDone: false })))
          expect(stderr).toMatch(/^finishing 2 calls that may be paid already\nCtrl-C again ends at once/m)
          expect(stderr).toMatch(/^ended: nothing is under way/m)
          expect(yield* statusOf(place, "animals")).toMatchObject({ done: 2, waiting: 2, running: 0, failed: 0 })
          expect((yield* worked(place)).code).toBe(0)
          expect((yield* billed).sort()).toEqual(["a cat", "a dog", "a fox", "an owl"])
        })
      )
    )

    it.scoped("sends no more in a minute than it may, and does not wait for that when it is told to end", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* submitted(place, "animals", lines("a fox", "a dog", "a cat", "an owl"))
          const { stderr } = yield* cancelledWhen(worker(workerOf(place, { rate: 3 })), () =>
            Effect.map(statusOf(place, "animals"), ({ done }) => done === 3)
          )
          expect(stderr).toMatch(/^worker {6}2 requests at a time, 3 a minute by all workers; Ctrl-C/m)
          expect(stderr).toMatch(/^ended: nothing is under way/m)
          expect(yield* billed).toHaveLength(3)
          expect(yield* statusOf(place, "animals")).toMatchObject({ done: 3, failed: 0 })
          expect((yield* worked(place)).code).toBe(0)
        })
      )
    )

    it.scoped("waits for the end of another at its file, by whatever name that is called", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* submitted(place, "animals", lines("a fox"))
          yield* script({ _tag: "Pace", delayMillis: 1_000 })
          yield* Effect.fork(worked(place))
          yield* eventually(begins)
          const link = `${place.folder}/link.db`
          yield* fs.symlink(place.database, link)
          const second = yield* worked({ ...place, database: link })
          expect([second.code, second.stderr]).toEqual([0, expect.stringMatching(waiting)])
          expect(yield* billed).toEqual(["a fox"])
        })
      )
    )

    it.scoped("ends at once while it waits, and the other goes on", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* submitted(place, "animals", lines("a fox"))
          yield* script({ _tag: "Pace", delayMillis: 3_000 })
          const first = yield* Effect.fork(worked(place))
          yield* eventually(begins)
          const { stderr } = yield* cancelledWhen(worker(workerOf(place)), (said) =>
            Effect.sync(() => waiting.test(said.stderr.join("\n")))
          )
          expect(stderr).toMatch(/^cancelled: this worker had not begun anything$/m)
          expect(yield* billed).toEqual([])
          expect((yield* Fiber.join(first)).code).toBe(0)
        })
      )
    )

    it.scoped("refuses a database that is none", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* fs.writeFileString(place.database, "a fox\na dog\n")
          const { code, stderr } = yield* worked(place)
          expect([code, stderr]).toEqual([8, expect.stringContaining("is not an SQLite database")])
        })
      )
    )

    it.scoped.each([
      ["a port", { port: 4000 }, 2, "--port is only for PostgreSQL"],
      ["a view for strangers", { view: { host: "0.0.0.0", port: 4000 } }, 2, "OPENROUTER_IMAGES_VIEW_TOKEN is needed"],
      ["a store that is a file", { store: import.meta.filename }, 8, "Worker.proof.test.ts cannot be used"],
      ["another kind of store", { store: "ftp://host/x" }, 2, "ftp:// is not supported"],
      ["a folder that is not there", { database: "/no/such/jobs.db" }, 8, "cannot be used"]
    ] as const)("refuses %s in one block", ([_, more, exitCode, words]) =>
      inPlace((place) =>
        Effect.gen(function* () {
          const { code, stderr } = yield* worked(place, more)
          expect([code, stderr]).toEqual([exitCode, expect.stringContaining(words)])
          expect(stderr).toMatch(/^what to do {2}\S/m)
          expect(stderr).not.toContain("password")
        })
      )
    )

    it.scoped("waits for a server that is not there, and says so", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const database = "postgres://me:password@127.0.0.1:1/x"
          const { exit, stderr } = yield* heard(
            Effect.timeoutOption(worker(workerOf(place, { database })), "4 seconds")
          )
          yield* exit
          const said = stderr.split("\n").filter((line: string) => line.startsWith("waiting"))
          expect(said).toHaveLength(1)
          expect(said[0]).toContain("cannot be reached")
          expect(stderr).toContain("cancelled: this worker had not begun anything")
          expect(stderr).not.toContain("password")
        })
      )
    )
  })
})
