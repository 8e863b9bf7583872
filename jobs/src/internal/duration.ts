/** Durations as people give them. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/** In milliseconds; NaN for what is no duration. */
export const millisOf = (value: unknown): number =>
  Option.match(Duration.decodeUnknown(value), { onNone: () => Number.NaN, onSome: Duration.toMillis })
