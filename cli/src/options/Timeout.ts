/** How long to wait, as people write it. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../failure/Failure.js"

const units: Readonly<Record<string, number>> = {
  ms: 1,
  ...{ s: 1000, sec: 1000, second: 1000, seconds: 1000 },
  ...{ m: 60_000, min: 60_000, minute: 60_000, minutes: 60_000 },
  ...{ h: 3_600_000, hour: 3_600_000, hours: 3_600_000 },
  ...{ d: 86_400_000, day: 86_400_000, days: 86_400_000 }
}

/** `90`, `90s`, `90 seconds`, `1.5 minutes`, `5m`, `1h`: a number alone counts seconds; zero is no time at all. */
export const parse = (text: string): Option.Option<Duration.Duration> => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? []
  const millis = Number(amount) * (units[unit?.toLowerCase() || "s"] ?? Number.NaN)
  return millis > 0 ? Option.some(Duration.millis(millis)) : Option.none()
}

/** The timeout of a command line, where there is one. */
export const ofOptions = ({
  timeout
}: {
  readonly timeout: string | undefined
}): Effect.Effect<{ readonly timeout?: Duration.Duration }, UsageError> =>
  timeout === undefined
    ? Effect.succeed({})
    : Option.match(parse(timeout), {
        onSome: (duration) => Effect.succeed({ timeout: duration }),
        onNone: () =>
          Effect.fail(
            new UsageError({
              problem: `--timeout must be a duration above zero, got ${JSON.stringify(timeout)}.`,
              advice: "Write it as 90s, 2m or '10 minutes'; a number alone counts seconds."
            })
          )
      })
