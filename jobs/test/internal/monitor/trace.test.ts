import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, type Tracer } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { recordSpans } from "../../support/spans.js"
import { finished, imagesLive, prompts, working } from "../../support/working.js"

/** The ids of the spans around a span. */
const ancestors = ({ parent }: Tracer.Span): ReadonlyArray<string> => {
  if (Option.isNone(parent)) return []
  const { value } = parent
  return [value.spanId, ...(value._tag === "Span" ? ancestors(value) : [])]
}

describe("the trace of a submission", () => {
  it.scoped("has its items and their attempts, also in another process", () =>
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
      const [items, attempts] = ["Jobs.item", "Jobs.attempt"].map((is) =>
        worker.spans.filter(({ name }) => is === name)
      )
      expect([items?.length, attempts?.length]).toEqual([2, 2])
      for (const { attributes, spanId, traceId } of items ?? []) {
        expect(traceId).toBe(program?.traceId)
        const [attempt] = (attempts ?? []).filter((span) => ancestors(span).includes(spanId))
        const shared = {
          "openrouter.job.name": "traced",
          "openrouter.job.item": attributes.get("openrouter.job.item"),
          "openrouter.job.round": 0,
          "openrouter.billing": "billed",
          "openrouter.cost_usd": 0.04,
          "openrouter.images": 1,
          "gen_ai.response.id": expect.stringMatching(/^gen-/)
        }
        expect(Object.fromEntries(attributes)).toMatchObject(shared)
        expect(Object.fromEntries(attempt?.attributes ?? [])).toMatchObject({ ...shared, "openrouter.job.attempt": 1 })
      }
    }).pipe(Effect.provide([NodeContext.layer, imagesLive, ImageStore.layerMemory]))
  )

  it.effect("says of an item without pictures what failed, and whether it was billed", () => {
    const { layer, spans } = recordSpans()
    return Effect.gen(function* () {
      yield* (yield* Emulator.Emulator).script([{ _tag: "Status", status: 404 }])
      yield* Jobs.submit(prompts(1), { job: "traced" })
      yield* finished("traced")
      for (const is of ["Jobs.item", "Jobs.attempt"]) {
        const [span] = spans.filter(({ name }) => name === is)
        expect(Object.fromEntries(span?.attributes ?? [])).toMatchObject({
          "openrouter.job.name": "traced",
          "openrouter.billing": "notBilled",
          "error.type": "NotFoundResponseError"
        })
      }
    }).pipe(Effect.provide(Layer.provide(working(), layer)))
  })
})
