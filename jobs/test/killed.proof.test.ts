/** A worker that is killed while an answer arrives, and what another one finds out about it. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Schedule, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { Jobs } from "effect-openrouter-images-jobs"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { compiled, run } from "./support/program.js"
import { itemsOf, ledger, prompts, records, script } from "./support/working.js"

const live = Layer.merge(NodeContext.layer, Emulator.layerServer())

/** The database as one sees it who carries nothing out, and a worker over it. */
const prepared = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "jobs-" })
  const file = yield* compiled("jobs/test/support/worker.ts")
  const { baseUrl } = yield* Emulator.Emulator
  const env = { SQLITE_FILE: "jobs.db", STORE: "pictures", OPENROUTER_BASE_URL: baseUrl, OPENROUTER_API_KEY: "any-key" }
  const client = Sqlite.layerClient({ filename: `${cwd}/jobs.db` })
  return { start: run(file, { cwd, env }), jobs: Layer.provideMerge(Jobs.layer, client) }
})

/** Waits until the record has the ids of so many generations. */
const idsKept = (count: number) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.repeat(sql`SELECT item FROM images_attempts WHERE generation_id IS NOT NULL`, {
      until: (rows) => rows.length === count,
      schedule: Schedule.spaced("50 millis")
    })
  )

const until = (job: string, reached: (progress: Jobs.Progress) => boolean) =>
  Stream.runDrain(Stream.takeUntil(Jobs.watch(job, { every: "100 millis" }), reached))

describe("a worker that is killed in mid-answer", () => {
  it.scopedLive(
    "leaves the id of the generation, and another one finds out what it cost",
    () =>
      Effect.gen(function* () {
        const { jobs, start } = yield* prepared
        yield* Effect.gen(function* () {
          // The head of the first answer arrives and its picture does not; the second is free, and says so later
          yield* script({ _tag: "Stall", at: "body", bytes: 10 }, { _tag: "Status", status: 524 }, null)
          yield* records(0, 5_000)
          const first = yield* start
          yield* Jobs.submit(prompts(3), { job: "cut" })
          yield* idsKept(3)
          yield* until("cut", ({ done, running, unsettled }) => done === 1 && unsettled === 1 && running === 1)
          yield* first.kill("SIGKILL")
          expect(yield* Jobs.status("cut")).toMatchObject({ running: 1, spentUsd: 0.04, finished: false })

          yield* start
          yield* until("cut", ({ finished }) => finished)
          const status = yield* Jobs.status("cut")
          const billed = yield* ledger
          expect(status).toMatchObject({ done: 2, failed: 1, unknown: 0, settlements: { billed: { attempts: 1 } } })
          const items = yield* itemsOf("cut")
          const [lost] = items.filter(({ state }) => state === "failed")
          expect(lost).toMatchObject({
            billing: "billed",
            outcome: { error: { _tag: "OutcomeUnknownError" } },
            settlements: [{ state: "billed", asked: 1 }]
          })
          const [settlement] = lost?.settlements ?? []
          expect(billed.filter(({ generationId }) => generationId === settlement?.generationId)).toMatchObject([
            { costUsd: settlement?.costUsd, prompt: lost?.request.prompt }
          ])
          // Each was paid once, and all of it is counted
          expect(billed.map(({ prompt }) => prompt).sort()).toEqual(prompts(3).map(({ prompt }) => prompt))
          expect(status.spentUsd).toBeCloseTo(
            billed.reduce((sum, { costUsd }) => sum + costUsd, 0),
            9
          )
          expect(
            items
              .filter(({ state }) => state === "done")
              .map(({ round }) => round)
              .sort()
          ).toEqual([0, 1])
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    120_000
  )
})
