/** The guide's own program, killed in the midst of its work. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Layer, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { ImageStore, Jobs } from "effect-openrouter-images-jobs"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { compiled, run } from "./support/program.js"

const live = Layer.merge(NodeContext.layer, Emulator.layerServer())

/** A folder of its own, the compiled program, and the emulator's address. */
const prepared = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "jobs-" })
  const file = yield* compiled("test/guides/jobs/pictures.ts")
  const { baseUrl } = yield* Emulator.Emulator
  const start = run(file, { cwd, env: { OPENROUTER_BASE_URL: baseUrl, OPENROUTER_API_KEY: "any-key" } })
  return { cwd, start }
})

const billedTimes = Effect.gen(function* () {
  const times = new Map<string, number>()
  for (const { prompt } of yield* (yield* Emulator.Emulator).ledger) times.set(prompt, (times.get(prompt) ?? 0) + 1)
  return times
})

/** What the files say afterwards, seen by a program that carries nothing out. */
const seen = (cwd: string) =>
  Effect.gen(function* () {
    const items = Chunk.toReadonlyArray(yield* Stream.runCollect(Jobs.results("animals")))
    const store = yield* ImageStore.ImageStore
    const pictures = yield* Effect.forEach(items, ({ outcome }) =>
      Effect.forEach(outcome._tag === "Made" ? outcome.generation.pictures : [], store.get)
    )
    return { items, pictures: pictures.flat(), status: yield* Jobs.status("animals") }
  }).pipe(
    Effect.provide(
      Layer.merge(
        Jobs.layer.pipe(Layer.provide(Sqlite.layerClient({ filename: `${cwd}/pictures.db` }))),
        ImageStore.layerFolder(`${cwd}/pictures`)
      )
    )
  )

describe("a process that dies", () => {
  it.scopedLive(
    "by SIGKILL, three times, pays for nothing again and says what it does not know",
    () =>
      Effect.gen(function* () {
        const { cwd, start } = yield* prepared
        for (const done of [/\b[1-9] of 50/, /\b1\d of 50/, /\b[23]\d of 50/]) {
          const first = yield* start
          yield* first.writes(done)
          yield* first.kill("SIGKILL")
        }
        const last = yield* start
        expect(yield* last.ended, last.output()).toBe(0)

        const { items, pictures, status } = yield* seen(cwd)
        const times = yield* billedTimes
        expect(status).toMatchObject({ total: 50, finished: true })
        expect(status.done + status.failed).toBe(50)
        // Four at a time are under way; what was billed of them may be known since
        expect(status.failed).toBeLessThanOrEqual(12)
        expect(status.failed - status.unknown).toBe(status.settlements.billed.attempts)
        expect(pictures).toHaveLength(status.done)
        for (const { outcome, request } of items) {
          if (outcome._tag === "Made") expect(times.get(request.prompt), request.prompt).toBe(1)
          else {
            expect(outcome.error).toMatchObject({ _tag: "OutcomeUnknownError", billing: "unknown" })
            expect(times.get(request.prompt) ?? 0, request.prompt).toBeLessThanOrEqual(1)
          }
        }
      }).pipe(Effect.provide(live)),
    120_000
  )

  it.scopedLive(
    "by Ctrl+C finishes what is under way, and has 50 pictures in the end, each paid once",
    () =>
      Effect.gen(function* () {
        const { cwd, start } = yield* prepared
        const first = yield* start
        yield* first.writes(/\b[1-9]\d? of 50/)
        yield* first.kill("SIGINT")
        expect((yield* seen(cwd)).status.done).toBeLessThan(50)
        const second = yield* start
        expect(yield* second.ended, second.output()).toBe(0)
        const { pictures, status } = yield* seen(cwd)
        expect(status).toMatchObject({ total: 50, done: 50, failed: 0, finished: true })
        expect(pictures).toHaveLength(50)
        const times = yield* billedTimes
        expect(times.size).toBe(50)
        expect(new Set(times.values())).toEqual(new Set([1]))
      }).pipe(Effect.provide(live)),
    120_000
  )
})

describe("two processes with one file", () => {
  it.scopedLive(
    "work on it one after the other",
    () =>
      Effect.gen(function* () {
        const { cwd, start } = yield* prepared
        const first = yield* start
        yield* first.writes(/\b[1-9]\d? of 50/)
        const second = yield* start
        yield* second.writes(/waits for its end/)
        yield* first.kill("SIGKILL")
        expect(yield* second.ended, second.output()).toBe(0)
        const { status } = yield* seen(cwd)
        expect(status.done + status.failed).toBe(50)
        expect(status.failed).toBeLessThanOrEqual(4)
        expect(new Set((yield* billedTimes).values())).toEqual(new Set([1]))
      }).pipe(Effect.provide(live)),
    120_000
  )
})
