/** A worker over the emulator in memory, with what a test needs to look behind it. */
import type * as SqlClient from "@effect/sql/SqlClient"
import { Chunk, Duration, Effect, Layer, Redacted, Stream, TestClock } from "effect"
import { Client, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Memory from "effect-openrouter-images-jobs/Memory"

export const model = "bytedance-seed/seedream-4.5"

export const prompts = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ model, prompt: `picture ${i + 1}`, size: "64x64" }))

/** `Images` over the emulator in memory. */
export const imagesLive = Images.layer.pipe(
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key") })),
  Layer.provideMerge(Emulator.layerClient)
)

/** Jobs and a worker, all in memory. */
export const working = (
  options: Worker.Options = {}
): Layer.Layer<Jobs.Jobs | ImageStore.ImageStore | Emulator.Emulator | Images.Images | SqlClient.SqlClient> =>
  Layer.merge(Jobs.layer, Worker.layer(options)).pipe(
    Layer.provideMerge(Memory.layer),
    Layer.provideMerge(ImageStore.layerMemory),
    Layer.provideMerge(imagesLive)
  )

/** Lets time pass, and what runs meanwhile do its work, until the job has ended. */
export const finished = (job: string) =>
  Effect.gen(function* () {
    let status = yield* Jobs.status(job)
    for (let i = 0; i < 5_000 && !status.finished; i++) {
      yield* TestClock.adjust(Duration.millis(200))
      yield* realPause
      status = yield* Jobs.status(job)
    }
    return status
  })

/** Pictures are drawn by native code, whose time is not the TestClock's. */
export const realPause = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 2)))

export const itemsOf = (job: string) => Effect.map(Stream.runCollect(Jobs.results(job)), Chunk.toReadonlyArray)

export const ledger = Effect.flatMap(Emulator.Emulator, (emulator) => emulator.ledger)
