/** Images that does as it is told, and Fallback over it. */
import { Effect, Either, Layer, Stream } from "effect"
import { type Errors, Fallback, GeneratedImage, Images, ImagesSchema } from "effect-openrouter-images"
import { refused } from "./failures.js"

export type Request = ImagesSchema.ImageGenerationRequest
export type Outcome = Effect.Effect<ImagesSchema.ImageGenerationResponse, Errors.GenerateStreamError>

export const request = { model: "a/first", prompt: "a red panda" } as const
export const image = GeneratedImage.make(new TextEncoder().encode("PNG"))
export const picture = { created: 1, data: [image] }
export const completed = new ImagesSchema.Completed({ image, created: 1 })
export const preview = new ImagesSchema.PartialImage({ image, partialImageIndex: 0 })

/** An Images that does as the outcomes say, one a call, and keeps what it was asked for. */
export const faked = (
  outcomes: ReadonlyArray<Outcome>,
  events: (call: number) => ReadonlyArray<ImagesSchema.ImageStreamEvent> = () => []
) => {
  const asked: Array<Request> = []
  const next = (request: Request): Outcome =>
    Effect.suspend(() => {
      asked.push(request)
      return outcomes[asked.length - 1] ?? Effect.dieMessage("nobody expected another call")
    })
  const nothing = Effect.dieMessage("not asked for")
  const service: Images.Service = {
    generate: (request) => next(request) as Effect.Effect<ImagesSchema.ImageGenerationResponse, Errors.GenerateError>,
    generateStream: (request) =>
      Stream.suspend(() =>
        Stream.concat(
          Stream.fromIterable(events(asked.length + 1)),
          Stream.map(Stream.fromEffect(next(request)), () => completed)
        )
      ),
    listModels: () => Effect.succeed({ data: [] }),
    listModelEndpoints: () => nothing
  }
  return { asked, models: () => asked.map(({ model }) => model), layer: Layer.succeed(Images.Images, service) }
}

export const over = (
  fake: ReturnType<typeof faked>,
  steps: ReadonlyArray<Fallback.Step>,
  options?: Fallback.Options
): Layer.Layer<Images.Images> => Layer.provide(Fallback.layer(steps, options), fake.layer)

export const overloaded = refused(529)
export const success = Effect.succeed(picture)
export const tags = (stream: Stream.Stream<ImagesSchema.ImageStreamEvent, Errors.GenerateStreamError, Images.Images>) =>
  Effect.map(Stream.runCollect(Stream.either(stream)), (all) => [...all].map((one) => Either.merge(one)._tag))
