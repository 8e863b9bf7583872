/** A worker over the emulator in memory, with what a test needs to look behind it. */
import type * as SqlClient from "@effect/sql/SqlClient"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as WorkflowEngine from "@effect/workflow/WorkflowEngine"
import { Chunk, Clock, type Context, Duration, Effect, Layer, Redacted, Stream, TestClock } from "effect"
import { Client, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Memory from "effect-openrouter-images-jobs/Memory"

export const model = "bytedance-seed/seedream-5-lite"

export const prompts = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ model, prompt: `picture ${i + 1}`, size: "64x64" }))

/** `Images` and its client over the emulator in memory. */
export const imagesLive = Images.layer.pipe(
  Layer.provideMerge(Client.layer({ apiKey: Redacted.make("any-key") })),
  Layer.provideMerge(Emulator.layerClient)
)

/** Jobs and a worker, all in memory. */
export const working = (
  options: Worker.Options = {},
  over: {
    readonly images?: (images: Images.Service) => Images.Service
    readonly store?: (store: ImageStore.Service) => ImageStore.Service
  } = {}
): Layer.Layer<
  | Jobs.Jobs
  | ImageStore.ImageStore
  | Emulator.Emulator
  | Images.Images
  | Client.OpenRouterClient
  | SqlClient.SqlClient
  | WorkflowEngine.WorkflowEngine
> =>
  Layer.merge(Jobs.layer, Layer.orDie(Worker.layer(options))).pipe(
    Layer.provideMerge(Memory.layer),
    Layer.provideMerge(changed(ImageStore.ImageStore, ImageStore.layerMemory, over.store)),
    Layer.provideMerge(changed(Images.Images, imagesLive, over.images))
  )

/** Workers with an engine each, that share the database and `Images`. */
export const workingTogether = (
  workers: ReadonlyArray<Worker.Options>,
  images?: (images: Images.Service) => Images.Service
): Layer.Layer<Jobs.Jobs | ImageStore.ImageStore | Emulator.Emulator | Images.Images | SqlClient.SqlClient> =>
  workers
    .map((options) => Worker.layer(options).pipe(Layer.provide(Layer.fresh(WorkflowEngine.layerMemory)), Layer.orDie))
    .reduce<
      Layer.Layer<
        Jobs.Jobs,
        never,
        Images.Images | Client.OpenRouterClient | ImageStore.ImageStore | SqlClient.SqlClient
      >
    >((all, worker) => Layer.merge(all, worker), Jobs.layer)
    .pipe(
      Layer.provideMerge(Layer.orDie(SqliteClient.layer({ filename: ":memory:" }))),
      Layer.provideMerge(ImageStore.layerMemory),
      Layer.provideMerge(changed(Images.Images, imagesLive, images))
    )

/** Notes when each request is sent and answered. */
export const timed = () => {
  const sent: Array<number> = []
  const answered: Array<number> = []
  const note = (times: Array<number>) => Effect.map(Clock.currentTimeMillis, (now) => times.push(now))
  const images = (images: Images.Service): Images.Service => ({
    ...images,
    generate: (...all) => Effect.ensuring(Effect.zipRight(note(sent), images.generate(...all)), note(answered))
  })
  return { sent, answered, images }
}

/** Lets one call through, and the others once you `open` it. */
export const stopping = () => {
  const gate = Effect.unsafeMakeLatch()
  let isFirst = true
  const images = (images: Images.Service): Images.Service => ({
    ...images,
    generate: (...all) =>
      Effect.suspend(() => {
        const opened = isFirst ? Effect.void : gate.await
        isFirst = false
        return Effect.zipRight(opened, images.generate(...all))
      })
  })
  return { images, open: gate.open }
}

const changed = <I, S, A>(
  tag: Context.Tag<I, S>,
  layer: Layer.Layer<A | I>,
  change: ((service: S) => S) | undefined
) => (change === undefined ? layer : Layer.provideMerge(Layer.effect(tag, Effect.map(tag, change)), layer))

/** Lets time pass, and what runs meanwhile do its work, until the job has ended. */
export const until = (job: string, reached: (progress: Jobs.Progress) => boolean) =>
  Effect.gen(function* () {
    let status = yield* Jobs.status(job)
    for (let i = 0; i < 3_000 && !reached(status); i++) {
      yield* TestClock.adjust(Duration.millis(200))
      yield* realPause
      status = yield* Jobs.status(job)
    }
    return status
  })

export const finished = (job: string) => until(job, (status) => status.finished)

/** Lets a long time pass, in steps in which a worker may look once or more. */
export const letPass = (time: Duration.DurationInput, step: Duration.DurationInput = "5 seconds") =>
  Effect.repeatN(
    Effect.zipRight(TestClock.adjust(step), realPause),
    Math.ceil(Duration.toMillis(time) / Duration.toMillis(step)) - 1
  )

/** Pictures are drawn by native code, whose time is not the TestClock's. */
export const realPause = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 2)))

export const itemsOf = (job: string) => Effect.map(Stream.runCollect(Jobs.results(job)), Chunk.toReadonlyArray)

/** Submits, and waits for the end. */
export const made = (
  requests: ReadonlyArray<{ readonly model: string; readonly prompt: string }>,
  options: { readonly job: string; readonly limitUsd?: number }
) => Effect.zipRight(Jobs.submit(requests, options), finished(options.job))

export const script = (...faults: Parameters<Emulator.Service["script"]>[0]) =>
  Effect.flatMap(Emulator.Emulator, (emulator) => emulator.script(faults))

/** How late the records of the next generations are. */
export const records = (...next: ReadonlyArray<number | null>) =>
  Effect.flatMap(Emulator.Emulator, (emulator) => emulator.records({ next }))

/** How often records were asked for. */
export const questions = Effect.flatMap(Emulator.Emulator, ({ requests }) =>
  Effect.map(requests, (all) => all.filter(({ path }) => path.includes("/generation?")).length)
)

export const ledger: Effect.Effect<
  ReadonlyArray<{ readonly prompt: string; readonly costUsd: number; readonly generationId: string }>,
  never,
  Emulator.Emulator
> = Effect.flatMap(Emulator.Emulator, (emulator) => emulator.ledger)
