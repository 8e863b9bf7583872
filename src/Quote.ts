/**
 * The price of a request before it is sent.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type { Catalog } from "./Catalog.js"
import type { ListModelEndpointsError } from "./Errors.js"
import { type Price, priceAt } from "./internal/endpoint/price.js"
import { withSpan } from "./internal/telemetry/span.js"
import * as Preflight from "./Preflight.js"
import type { ImageEndpoint, ImagePricingEntry } from "./Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"

export {
  /**
   * Formats US dollars for people: four significant digits, never less than cents, and no cents for whole dollars.
   *
   * @since 0.1.0
   * @category rendering
   * @example
   * ```ts
   * import { Quote } from "effect-openrouter-images"
   *
   * const prices = [0.04, 12.5, 0.0123456, 1234.567, 5].map(Quote.formatUsd)
   * // ["$0.04", "$12.50", "$0.01235", "$1,234.57", "$5"]
   * ```
   */
  formatUsd,
  /**
   * Formats a range of US dollars for people, such as a quote. It is one amount where both ends read the same, `free`
   * where both are zero, and `unknown` where nothing is known.
   *
   * @since 0.1.0
   * @category rendering
   * @example
   * ```ts
   * import { Quote } from "effect-openrouter-images"
   *
   * const price = Quote.formatUsdRange({ minUsd: 0.04, maxUsd: 0.06 }) // "$0.04 to $0.06"
   * const open = Quote.formatUsdRange({ minUsd: 0.04, maxUsd: Infinity }) // "from $0.04"
   * ```
   */
  formatUsdRange
} from "./internal/endpoint/usd.js"

/**
 * A line of an endpoint's price list. `costUsd` is the price of one unit, `quantity` how many units the request needs.
 *
 * @since 0.1.0
 * @category models
 */
export interface QuoteLine extends ImagePricingEntry {
  readonly endpoint: ImageEndpoint
  readonly quantity: Bounds
}

/**
 * A lower and an upper bound.
 *
 * @since 0.1.0
 * @category models
 */
export interface Bounds {
  readonly min: number
  readonly max: number
}

/**
 * A range of US dollars. `maxUsd` is `Infinity` where no upper bound is known.
 *
 * @since 0.1.0
 * @category models
 */
export interface UsdRange {
  readonly minUsd: number
  readonly maxUsd: number
}

/**
 * What a request may cost, over the endpoints that may serve it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Quote extends Price {
  /** Whether the least and the most are the same. */
  readonly exact: boolean
}

const over = (request: ImageGenerationRequest, prices: Arr.NonEmptyReadonlyArray<Price>): Quote => {
  const minUsd = Math.min(...prices.map((price) => price.minUsd))
  const maxUsd = Math.max(...prices.map((price) => price.maxUsd))
  const differ = new Set(prices.map((price) => `${price.minUsd} ${price.maxUsd}`)).size > 1
  const several = differ ? [`${prices.length} endpoints of ${request.model} may serve it, at different prices`] : []
  return {
    minUsd,
    maxUsd,
    exact: minUsd === maxUsd,
    lines: prices.flatMap(({ lines }) => lines),
    reasons: [...several, ...new Set(prices.flatMap(({ reasons }) => reasons))]
  }
}

/**
 * What a request may cost, by the price lists of the endpoints that may serve it (`Preflight`).
 *
 * Where the price cannot be known before the picture is drawn, the quote is a range that is sure to contain it.
 * `reasons` says why: prices by the token, fewer pictures than `n`, a size that the model chooses. `maxUsd` is
 * `Infinity` where no upper bound is known, for example where a listed price is negative or infinite and so is no
 * price.
 *
 * Fails with InvalidRequestError when no endpoint takes the request.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Quote } from "effect-openrouter-images"
 *
 * const program = Effect.gen(function* () {
 *   const quote = yield* Quote.estimate({ model: "bytedance-seed/seedream-4.5", prompt: "a red panda", n: 4 })
 *   yield* Console.log(Quote.formatUsdRange(quote), quote.reasons)
 * })
 * ```
 */
export const estimate = (request: ImageGenerationRequest): Effect.Effect<Quote, ListModelEndpointsError, Catalog> =>
  Effect.map(Preflight.eligible(request), (endpoints) =>
    over(
      request,
      Arr.map(endpoints, (endpoint) => priceAt(request, endpoint))
    )
  ).pipe(withSpan("Quote.estimate", { attributes: { model: request.model } }))
