import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Tracer } from "effect"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { finished, imagesLive, prompts } from "../../support/working.js"

/** Notes all spans that begin. */
const noting = () => {
  const spans: Array<Tracer.Span> = []
  const layer = Layer.unwrapEffect(
    Effect.map(Effect.tracer, (native) =>
      Layer.setTracer(
        Tracer.make({
          span: (...all) => {
            const span = native.span(...all)
            spans.push(span)
            return span
          },
          context: (f, fiber) => native.context(f, fiber)
        })
      )
    )
  )
  return { layer, spans }
}

describe("the trace of a submission", () => {
  it.scoped("has the attempts of its items, also in another process", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
      const submitter = noting()
      yield* Jobs.submit(prompts(2), { job: "traced" }).pipe(
        Effect.withSpan("the program"),
        Effect.provide(Jobs.layer.pipe(Layer.provide(Sqlite.layerClient({ filename })), Layer.merge(submitter.layer)))
      )
      const [program] = submitter.spans.filter(({ name }) => name === "the program")
      const worker = noting()
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
