import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import { made, prompts, script, working } from "../../support/working.js"

describe("what a job spent", () => {
  it.effect("is the emulator's where the ids of the generations say so", () =>
    Effect.gen(function* () {
      expect(yield* made(prompts(2), { job: "two" })).toMatchObject({ spentUsd: 0.08, emulatedUsd: 0.08 })
      yield* Jobs.remove("two")
      yield* Jobs.submit(prompts(1), { job: "two" })
      expect(yield* Jobs.status("two")).toMatchObject({ spentUsd: 0, emulatedUsd: 0 })
    }).pipe(Effect.provide(working()))
  )

  it.effect("is the emulator's also where only the record tells it", () =>
    Effect.gen(function* () {
      yield* script({ _tag: "Reset", at: "body" })
      const progress = yield* made(prompts(1), { job: "late" })
      expect(progress).toMatchObject({ failed: 1, spentUsd: 0.04, emulatedUsd: 0.04 })
    }).pipe(Effect.provide(working()))
  )

  it.effect("is real money wherever an id does not say that nobody paid", () =>
    Effect.gen(function* () {
      const progress = yield* made(prompts(3), { job: "real" })
      expect(progress).toMatchObject({ done: 3, spentUsd: 0.12, emulatedUsd: 0.04 })
    }).pipe(
      Effect.provide(
        working(
          { concurrency: 1 },
          {
            images: (images) => ({
              ...images,
              generate: (request) =>
                Effect.map(images.generate(request), ({ generationId = "", ...response }) => {
                  if (request.prompt === "picture 1") return response
                  if (request.prompt === "picture 2") return { ...response, generationId: "gen-emulated" }
                  return { ...response, generationId }
                })
            })
          }
        )
      )
    )
  )
})
