import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { recordSpans } from "../../support/spans.js"
import { finished, imagesLive, prompts } from "../../support/working.js"

describe("the trace of a submission", () => {
  it.scoped("has the attempts of its items, also in another process", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
      const submitter = recordSpans()
      yield* Jobs.submit(prompts(2), { job: "traced" }).pipe(
        Effect.withSpan("the program"),
        Effect.provide(Jobs.layer.pipe(Layer.provide(Sqlite.layerClient({ filename })), Layer.merge(submitter.layer)))
      )
      const [program] = submitter.spans.filter(({ name }) => name === "the program")
      const worker = recordSpans()
      yield* finished("traced").pipe(
        Effect.provide(
          Layer.merge(Jobs.layer, Layer.orDie(Worker.layer())).pipe(
            Layer.provide(Sqlite.layer({ filename })),
            Layer.provide(worker.layer)
          )
        )
      )
      const attempts = worker.spans.filter(({ name }) => name === "Jobs.attempt")
      expect(attempts).toHaveLength(2)
      for (const { attributes, traceId } of attempts) {
        expect(traceId).toBe(program?.traceId)
        expect(Object.fromEntries(attributes)).toMatchObject({ job: "traced", round: 0, attempt: 1 })
      }
    }).pipe(Effect.provide([NodeContext.layer, imagesLive, ImageStore.layerMemory]))
  )
})
