/**
 * Enumerations that the API may extend at any time.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import { show } from "../Issue.js"
import { declare } from "../internal/schema/primitives.js"
import * as Sample from "../internal/schema/samples.js"

/**
 * A value of an open enumeration. The editor completes the known values; any other string is accepted as well.
 *
 * @since 0.1.0
 * @category models
 */
export type OpenEnum<Known extends string> = Known | (string & {})

/**
 * The schema of an open enumeration; `known` lists the documented values.
 *
 * @since 0.1.0
 * @category models
 */
export interface OpenEnumSchema<Known extends string> extends Schema.Schema<OpenEnum<Known>> {
  readonly known: ReadonlyArray<Known>
}

/**
 * Makes the schema of an open enumeration. A value that is not listed passes through, in requests and in responses.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * ```ts
 * import { Schema } from "effect"
 * import { ImagesSchema } from "effect-openrouter-images"
 *
 * const Resolution = ImagesSchema.OpenEnum("1K", "2K")
 * Schema.decodeUnknownSync(Resolution)("1.5K") // "1.5K"
 * ```
 */
export const OpenEnum = <const Known extends string>(...known: ReadonlyArray<Known>): OpenEnumSchema<Known> =>
  Object.assign(
    declare(
      (value): value is OpenEnum<Known> => Predicate.isString(value),
      Sample.map(Sample.either(Sample.oneOf(...known), Sample.text(1, 16)), (value): OpenEnum<Known> => value),
      {
        message: (value) => `must be a string such as ${known.slice(0, 4).map(show).join(", ")}, got ${show(value)}`,
        description: `${known.join(" | ")} | any other string`
      }
    ),
    { known }
  )
