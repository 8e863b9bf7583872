// Thumbnails.ts
import { Context, Data, Duration, Effect, Layer, Schedule, Stream } from "effect"
import { type Errors, type GeneratedImage, Images } from "effect-openrouter-images"

/** There is no thumbnail for this title, and asking again does not help. */
export class NoThumbnail extends Data.TaggedError("NoThumbnail")<{ readonly reason: string }> {}

interface Service {
  readonly draw: (title: string) => Effect.Effect<GeneratedImage.GeneratedImage, NoThumbnail | Errors.GenerateError>
  readonly watch: (title: string) => Stream.Stream<GeneratedImage.GeneratedImage, Errors.GenerateStreamError>
}

export class Thumbnails extends Context.Tag("app/Thumbnails")<Thumbnails, Service>() {
  static readonly layer = Layer.effect(
    Thumbnails,
    Effect.map(Images.Images, (images): Service => {
      const request = (title: string) => ({ model: "openai/gpt-image-1-mini", prompt: `a poster for "${title}"` })
      return {
        draw: (title) =>
          images.generate(request(title)).pipe(
            // Nobody waits for a thumbnail, so after the client has given up there is time for two more tries.
            Effect.retry({
              while: (error) => error._tag === "TooManyRequestsResponseError",
              schedule: Schedule.spaced(Duration.minutes(1)),
              times: 2
            }),
            Effect.catchTag("ForbiddenResponseError", ({ message }) => new NoThumbnail({ reason: message })),
            Effect.flatMap(({ data: [image] }) =>
              image ? Effect.succeed(image) : new NoThumbnail({ reason: "none came" })
            )
          ),
        watch: (title) =>
          images
            .generateStream(request(title))
            .pipe(Stream.flatMap((event) => ("image" in event ? Stream.succeed(event.image) : Stream.empty)))
      }
    })
  )
}
