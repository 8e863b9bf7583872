/**
 * Calls whose price has no known upper bound. The budget refuses them, unless the person has agreed to this very call:
 * a price that cannot be looked up is no consent.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Budget, type Catalog, Images } from "effect-openrouter-images"

/** Whether the person has agreed to the call of this fiber, whatever it costs. */
export class Accepted extends Context.Reference<Accepted>()("effect-openrouter-images-mcp/UnknownPrice", {
  defaultValue: () => false
}) {}

/** `Images` within a budget that is kept in the store. */
export const layer = (
  limit: Pick<Budget.Options, "limitUsd" | "window">
): Layer.Layer<Images.Images | Budget.Budget, never, Images.Images | Catalog.Catalog | Budget.BudgetStore> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const refusing = yield* Layer.build(Budget.layerWithStore(limit))
      const allowing = yield* Layer.build(Budget.layerWithStore({ ...limit, onUnknownCost: "allow" }))
      const of = (isAccepted: boolean) => Context.get(isAccepted ? allowing : refusing, Images.Images)
      return Context.add(refusing, Images.Images, {
        ...Context.get(refusing, Images.Images),
        generate: (request, options) =>
          Effect.flatMap(Accepted, (isAccepted) => of(isAccepted).generate(request, options)),
        generateStream: (request, options) =>
          Stream.unwrap(Effect.map(Accepted, (isAccepted) => of(isAccepted).generateStream(request, options)))
      })
    }).pipe(Effect.scoped)
  )
