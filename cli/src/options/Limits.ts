/** What a run may cost, and what one request may: checked before anything is sent. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Budget, Catalog, Images } from "effect-openrouter-images"

/** In US dollars. */
export interface Limits {
  readonly budget: number | undefined
  readonly maxCost: number | undefined
}

type Limited = Layer.Layer<Images.Images, never, Images.Images | Catalog.Catalog>

const unlimited: Limited = Layer.context<Images.Images>()

const perRun = (limitUsd: number | undefined): Limited =>
  limitUsd === undefined ? unlimited : Budget.layer({ limitUsd })

/** Each request has its own budget, so that none waits for another. */
const perRequest = (limitUsd: number | undefined): Limited =>
  limitUsd === undefined
    ? unlimited
    : Layer.effect(
        Images.Images,
        Effect.map(Effect.context<Images.Images | Catalog.Catalog>(), (context) => {
          const own = Layer.provide(Budget.layer({ limitUsd }), Layer.succeedContext(context))
          return {
            ...Context.get(context, Images.Images),
            generate: (request, options) => Effect.provide(Images.generate(request, options), own),
            generateStream: (request, options) => Stream.provideLayer(Images.generateStream(request, options), own)
          }
        })
      )

/** `Images` within the limits; without any, as it is, and no price is asked for. */
export const layer = ({ budget, maxCost }: Limits): Layer.Layer<Images.Images, never, Images.Images> =>
  perRequest(maxCost).pipe(Layer.provide(perRun(budget)), Layer.provide(Catalog.layer()))
