/** What is known of a request that has not ended: whether it may have been billed, and for which generation. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { Errors, Images } from "effect-openrouter-images"

export type UnderWay =
  /** Nothing was sent, or all that was sent has failed at no cost. */
  | { readonly _tag: "Free" }
  /** An attempt was sent. The head of its answer names its generation. */
  | { readonly _tag: "Sent"; readonly generationId: string | undefined }

export const make: Effect.Effect<Ref.Ref<UnderWay>> = Ref.make<UnderWay>({ _tag: "Free" })

/** The generation that may have been billed, where it is known. */
export const generationOf = (underWay: UnderWay): string | undefined =>
  underWay._tag === "Sent" ? underWay.generationId : undefined

/** Whether an attempt has failed at no cost. */
export const costNothing = (attempt: Exit.Exit<void, Errors.OpenRouterError>): boolean =>
  Exit.isFailure(attempt) && Option.exists(Cause.failureOption(attempt.cause), ({ billing }) => billing === "notBilled")

/** The options of a request, with hooks that keep up with it. What has failed is sent again only where it cost nothing. */
export const follow = (underWay: Ref.Ref<UnderWay>, options: Images.RequestOptions = {}): Images.RequestOptions => ({
  ...options,
  onAttempt: Effect.zipRight(
    options.onAttempt ?? Effect.void,
    Ref.set(underWay, { _tag: "Sent", generationId: undefined })
  ),
  onGenerationId: (generationId) =>
    Effect.zipRight(
      Ref.set(underWay, { _tag: "Sent", generationId }),
      options.onGenerationId?.(generationId) ?? Effect.void
    ),
  onAttemptEnd: (exit) =>
    Effect.zipRight(
      costNothing(exit) ? Ref.set(underWay, { _tag: "Free" }) : Effect.void,
      options.onAttemptEnd?.(exit) ?? Effect.void
    )
})
