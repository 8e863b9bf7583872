/** How many calls of this process are in flight: they may be paid already when it is told to end. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import { Images } from "effect-openrouter-images"

/** `Images` that counts. */
export const layer = (count: Ref.Ref<number>): Layer.Layer<Images.Images, never, Images.Images> =>
  Layer.effect(
    Images.Images,
    Effect.map(Images.Images, (images) => ({
      ...images,
      generate: (request, options) =>
        Effect.acquireUseRelease(
          Ref.update(count, (before) => before + 1),
          () => images.generate(request, options),
          () => Ref.update(count, (before) => before - 1)
        )
    }))
  )
