/** Divides a request for more pictures than any endpoint makes in one call. */
import * as Arr from "effect/Array"
import type { ImageEndpoint } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { objectionToCount } from "../endpoint/compatibility.js"
import { evaluate } from "../endpoint/evaluate.js"

export type Parts = Arr.NonEmptyReadonlyArray<ImageGenerationRequest>

/** All ways to write a count as a sum of these numbers, each with its largest first. */
const sumsOf = (count: number, numbers: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> =>
  count === 0
    ? [[]]
    : numbers
        .filter((number) => number <= count)
        .flatMap((first) =>
          sumsOf(
            count - first,
            numbers.filter((number) => number <= first)
          ).map((rest) => [first, ...rest])
        )

const unevenness = (sum: ReadonlyArray<number>): number => Math.max(...sum) - Math.min(...sum)

/** As few parts as possible, and among those the most even ones: ten by at most four is 4, 3, 3. */
export const dividedBy = (count: number, sizes: ReadonlyArray<number>): ReadonlyArray<number> | undefined =>
  [...sumsOf(count, sizes)].sort((a, b) => a.length - b.length || unevenness(a) - unevenness(b))[0]

/** The ends of what providers take for a seed, and of what JSON carries. */
const lastSeeds = [2 ** 31 - 1, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER]

/** Behind the last seed that a provider may take comes zero. */
export const seedAfter = (seed: number, steps: number): number => {
  const last = lastSeeds.find((last) => seed <= last) ?? seed
  return steps <= last - seed ? seed + steps : steps - (last - seed) - 1
}

const sized = ({ seed, ...request }: ImageGenerationRequest, n: number, before: number): ImageGenerationRequest => ({
  ...request,
  n,
  ...(seed === undefined ? {} : { seed: seedAfter(seed, before) })
})

/**
 * The requests in place of one. It stays one where an endpoint takes its `n`, and where none takes any part of it: then
 * something else is wrong, which whoever answers the request can say.
 */
export const partsOf = (request: ImageGenerationRequest, endpoints: ReadonlyArray<ImageEndpoint>): Parts => {
  const { n = 1, ...one } = request
  const { eligible } = evaluate(one, endpoints)
  const isTaken = (count: number): boolean =>
    eligible.some((endpoint) => objectionToCount(count, endpoint) === undefined)
  if (n <= 1 || isTaken(n)) return [request]
  const sizes =
    dividedBy(
      n,
      Arr.range(1, n - 1)
        .filter(isTaken)
        .reverse()
    ) ?? []
  const parts = sizes.map((size, i) =>
    sized(
      request,
      size,
      sizes.slice(0, i).reduce((sum, size) => sum + size, 0)
    )
  )
  return Arr.isNonEmptyReadonlyArray(parts) ? parts : [request]
}
