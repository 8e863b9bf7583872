import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Batch, Images } from "effect-openrouter-images"
import { line, withProgress } from "../../../src/commands/batch/ProgressLine.js"
import { terminalOf } from "../../support/emulated.js"

const progress = { total: 40, done: 11, failed: 1, running: 4, spentUsd: 0.48, emulatedUsd: 0 }

describe("the progress of a batch", () => {
  it("is a bar and what it stands for", () => {
    expect(line({ ...progress, timeLeft: Duration.seconds(125) }, 74)).toBe(
      "██████░░░░░░░░░░░░░░ 12 of 40, 1 failed, 4 running, $0.48, 2 min 5 s left"
    )
  })

  it.effect("is drawn as time goes by, and as the run comes on", () =>
    Effect.gen(function* () {
      const written: Array<string> = []
      const response = {
        created: 0,
        data: [],
        usage: { promptTokens: 0, completionTokens: 0, totalTokens: 0, cost: 0.04 }
      }
      const images = Images.Images.of({
        generate: () => Effect.as(Effect.sleep("10 seconds"), response),
        generateStream: () => Stream.empty,
        listModels: () => Effect.dieMessage("not asked"),
        listModelEndpoints: () => Effect.dieMessage("not asked")
      })
      const tracker = yield* Batch.makeTracker
      const requests = ["a", "b", "c"].map((prompt) => ({ model: "a/b", prompt }))
      const fiber = yield* Stream.runDrain(Batch.run(requests, { concurrency: 1, tracker })).pipe(
        withProgress(tracker, false),
        Effect.provideService(Images.Images, images),
        Effect.provide(terminalOf(written, 60)),
        Effect.fork
      )
      yield* TestClock.adjust("5 seconds")
      expect(written.at(-1)).toMatch(/ 0 of 3, 1 running, \$0$/)
      yield* TestClock.adjust("7 seconds")
      expect(written.at(-1)).toMatch(/█+░+ 1 of 3, 1 running, \$0.04, 24 s left$/)
      yield* TestClock.adjust("20 seconds")
      yield* Fiber.join(fiber)
      expect(written.at(-1)).toBe("\r\u001b[2K")
    })
  )

  it("speaks of no failure and no time left where there is none", () => {
    expect(line({ ...progress, done: 0, failed: 0 }, 80)).toMatch(/^░{30} 0 of 40, 4 running, \$0.48$/)
  })

  it("marks dollars that nobody pays", () => {
    expect(line({ ...progress, emulatedUsd: 0.48 }, 60)).toMatch(/ \$0\.48 \(emulated\)$/)
    expect(line({ ...progress, emulatedUsd: 0.04 }, 80)).toMatch(/ \$0\.48 \(\$0\.04 emulated\)$/)
  })

  it.each([10, 30, 50, 60, 80, 200])("fits into %d columns", (columns) => {
    const text = line({ ...progress, timeLeft: Duration.minutes(100) }, columns)
    expect(Array.from(text).length).toBeLessThan(columns)
  })

  it("does without a bar where there is no room for one", () => {
    expect(line(progress, 42)).toBe("12 of 40, 1 failed, 4 running, $0.48")
  })
})
