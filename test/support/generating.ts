/** `Images` that generates as it is told, without anything below it. */
import { Array as Arr, Deferred, Duration, Effect, Fiber, type Layer, Stream, TestClock } from "effect"
import { type Batch, type Errors, GeneratedImage, type Images, type ImagesSchema } from "effect-openrouter-images"
import { partialImages } from "./partialImages.js"

export type Request = ImagesSchema.ImageGenerationRequest
export type Response = ImagesSchema.ImageGenerationResponse

export const response = (text: string, cost = 0.04): Response => ({
  created: 1,
  data: [GeneratedImage.make(new TextEncoder().encode(text), "image/png")],
  usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3, cost }
})

export const generating = (
  generate: (request: Request) => Effect.Effect<Response, Errors.GenerateError>
): Layer.Layer<Images.Images> =>
  partialImages({ generate: (request) => generate(request), listModels: () => Effect.succeed({ data: [] }) })

/** Lets every fiber come as far as it can without time. */
export const settled = Effect.forEach(Arr.range(1, 200), () => Effect.yieldNow(), { discard: true })

/** Lets the hashes that are being computed, which no clock knows of, be done. */
export const hashed = Effect.forEach(
  Arr.range(1, 20),
  () =>
    Effect.zipRight(
      Effect.promise(() => crypto.subtle.digest("SHA-256", new Uint8Array(1))),
      settled
    ),
  { discard: true }
)

/** Work that runs until it is told to end, and what became of it. */
export const untilTold = <A, E = never>() =>
  Effect.map(Deferred.make<A, E>(), (end) => {
    const seen = { begun: 0, interrupted: 0 }
    const effect = Effect.suspend(() => {
      seen.begun++
      return Deferred.await(end)
    }).pipe(
      Effect.onInterrupt(() =>
        Effect.sync(() => {
          seen.interrupted++
        })
      )
    )
    return { end, seen, effect }
  })

/** A batch of requests that differ. */
export const prompts = (count: number): ReadonlyArray<Request> =>
  Arr.makeBy(count, (i) => ({ model: "author/slug", prompt: `${i}` }))

export const collect = <R>(items: Stream.Stream<Batch.Item, never, R>) =>
  Effect.map(Stream.runCollect(items), Arr.fromIterable)

/** Pictures that take as many seconds as the function says, and how many are drawn at a time. */
export const taking = (seconds: (request: Request) => number) => {
  const seen = { begun: 0, running: 0, most: 0, interrupted: 0 }
  const layer = generating((request) =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        seen.begun++
        seen.running++
        seen.most = Math.max(seen.most, seen.running)
      }),
      () => Effect.as(Effect.sleep(Duration.seconds(seconds(request))), response(request.prompt)),
      (_, exit) =>
        Effect.sync(() => {
          seen.running--
          if (exit._tag === "Failure") seen.interrupted++
        })
    )
  )
  return { seen, layer }
}

/** Runs it with all the time that it needs. */
export const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })
