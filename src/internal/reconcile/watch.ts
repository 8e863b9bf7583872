/** `Images` that reports each call whose cost is left open, and remembers the span of each generation until then. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as Tracer from "effect/Tracer"
import type { GenerateStreamError, OpenRouterError } from "../../Errors.js"
import type { Service as ImagesService, RequestOptions } from "../../Images.js"
import { totalCostUsd } from "../../Schema/ImageGenerationUsage.js"
import { failureOf, withListener } from "../layer/attemptHooks.js"
import { onCompletion } from "../layer/onCompletion.js"
import { over } from "../layer/over.js"

/** The span in which a generation was asked for, by its id. */
export type Spans = Map<string, Tracer.Span>

/** One call: the generation of its latest attempt, and whether the cost of one of its attempts is unknown. */
class Watched {
  private latest: string | undefined
  private isInDoubt = false

  constructor(
    private readonly spans: Spans,
    private readonly onDoubt: Effect.Effect<void>
  ) {}

  listen = (options?: RequestOptions): RequestOptions =>
    withListener(
      {
        onSend: Effect.sync(() => {
          this.latest = undefined
        }),
        onGenerationId: (generationId) =>
          Effect.map(Effect.option(Effect.currentSpan), (span) => {
            this.latest = generationId
            if (Option.isSome(span)) this.spans.set(generationId, span.value)
          }),
        onAttemptEnd: (exit) => Effect.sync(() => Option.map(failureOf(exit), (error) => this.fail(error)))
      },
      options
    )

  /** The end of the call, with its cost where the answer says it. One that was interrupted, or that died, is in doubt. */
  end = (exit: Exit.Exit<unknown, OpenRouterError>, costUsd: number | undefined): Effect.Effect<void> =>
    Effect.suspend(() => {
      const failure = failureOf(exit)
      if (Option.isSome(failure)) this.fail(failure.value)
      else if (Exit.isSuccess(exit) && costUsd !== undefined) this.forget()
      else this.isInDoubt = true
      return this.isInDoubt ? this.onDoubt : Effect.void
    })

  private fail({ billing }: OpenRouterError): void {
    if (billing === "notBilled") this.forget()
    else this.isInDoubt = true
  }

  private forget(): void {
    if (this.latest !== undefined) this.spans.delete(this.latest)
  }
}

/** `onDoubt` runs when such a call has ended, after everything below has ended as well. */
export const watch = (images: ImagesService, spans: Spans, onDoubt: Effect.Effect<void>): ImagesService =>
  over(images, {
    generate: (request, options) =>
      Effect.suspend(() => {
        const watched = new Watched(spans, onDoubt)
        return Effect.onExit(images.generate(request, watched.listen(options)), (exit) =>
          watched.end(exit, Exit.isSuccess(exit) ? totalCostUsd(exit.value.usage) : undefined)
        )
      }),
    generateStream: (request, options) =>
      Stream.unwrapScoped(
        Effect.gen(function* () {
          const watched = new Watched(spans, onDoubt)
          let exit: Exit.Exit<void, GenerateStreamError> = Exit.interrupt(FiberId.none)
          let costUsd: number | undefined
          yield* Effect.addFinalizer(() => watched.end(exit, costUsd))
          return onCompletion(images.generateStream(request, watched.listen(options)), {
            onCompleted: ({ usage }) => {
              costUsd = totalCostUsd(usage)
            },
            onEnd: (how) => {
              exit = how
            }
          })
        })
      )
  })
