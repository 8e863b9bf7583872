/** One generation: sends it, and tells what is heard of it until its end. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { Client, type Errors, ImageStream, Images, type ImagesSchema } from "effect-openrouter-images"
import type { Outcome } from "./Generation.js"
import { Message } from "./State.js"

export type Tell = (message: Message) => Effect.Effect<void>

export interface Order {
  readonly request: ImagesSchema.ImageGenerationRequest
  readonly baseUrl: string
  readonly apiKey: Redacted.Redacted | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** The key may differ from one generation to the next, so each has a client of its own. */
export const imagesAt = (options: Client.ClientOptions): Layer.Layer<Images.Images> =>
  Images.layer.pipe(
    Layer.provide(Client.layer({ ...options, appTitle: "Picture desk" })),
    Layer.provide(FetchHttpClient.layer)
  )

const outcomeOf = (exit: Exit.Exit<void, Errors.GenerateStreamError>): Outcome => {
  if (Exit.isSuccess(exit)) return { _tag: "Done" }
  const failure = Cause.failureOption(exit.cause)
  if (Option.isSome(failure)) return { _tag: "Failed", error: failure.value }
  if (Cause.isInterruptedOnly(exit.cause)) return { _tag: "Cancelled" }
  return { _tag: "Broken", description: Cause.pretty(exit.cause) }
}

/** Interrupting it aborts the `fetch`, which closes the socket. */
export const generate = ({ request, headers, ...options }: Order, tell: Tell): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (start) => {
    const took = Effect.map(Clock.currentTimeMillis, (now) => Duration.millis(now - start))
    const ticking = Effect.flatMap(took, (elapsed) => tell(Message.Ticked({ elapsed }))).pipe(
      Effect.repeat(Schedule.spaced("100 millis"))
    )
    const generating = Images.generateStream(request, {
      headers,
      onAttempt: tell(Message.Sent()),
      onAttemptEnd: (exit) =>
        Exit.isSuccess(exit)
          ? Effect.void
          : Effect.forEach(Cause.failures(exit.cause), (error) => tell(Message.AttemptFailed({ error })), {
              discard: true
            }),
      onKeepAlive: () => tell(Message.KeptAlive())
    }).pipe(
      ImageStream.views,
      Stream.runForEach((view) => tell(Message.Saw({ view }))),
      Effect.provide(imagesAt(options))
    )
    return Effect.scoped(Effect.zipRight(Effect.forkScoped(ticking), generating)).pipe(
      Effect.onExit((exit) => Effect.flatMap(took, (took) => tell(Message.Ended({ outcome: outcomeOf(exit), took })))),
      Effect.exit,
      Effect.asVoid
    )
  })
