/** The only worker over a file of SQLite, killed again and again: what became of each item, and of its picture. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Random, Schedule, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { Jobs } from "effect-openrouter-images-jobs"
import { faultless } from "./support/account.js"
import { site } from "./support/site.js"
import { prompts } from "./support/working.js"

const live = Layer.merge(NodeContext.layer, Emulator.layerServer())

describe("the only worker", () => {
  it.scopedLive(
    "is killed three times, then left alone, and each item has one outcome that its bill agrees with",
    () =>
      Effect.gen(function* () {
        const { requests, script } = yield* Emulator.Emulator
        const { accountOf, jobs, start } = yield* site("SQLite")
        yield* script(Array.from({ length: 100 }, () => ({ _tag: "Pace", delayMillis: 300 })))
        yield* Effect.gen(function* () {
          yield* Jobs.submit(prompts(40), { job: "killed" })
          for (let kills = 0; kills < 3; kills++) {
            const before = (yield* requests).length
            const running = yield* start()
            yield* Effect.repeat(requests, {
              until: (all) => all.length > before,
              schedule: Schedule.spaced("20 millis")
            })
            yield* Effect.sleep(yield* Random.nextIntBetween(0, 1_500))
            yield* running.kill("SIGKILL")
          }
          yield* start()
          yield* Stream.runDrain(Jobs.watch("killed", { every: "100 millis" }))
          const { done, failed, finished } = yield* Jobs.status("killed")
          expect([done + failed, finished]).toEqual([40, true])
          // Eight calls at a time are under way when it is killed
          expect(failed).toBeLessThanOrEqual(3 * 8)
          expect(yield* accountOf("killed")).toEqual({ outcomes: 40, made: done, ...faultless })
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    180_000
  )
})
