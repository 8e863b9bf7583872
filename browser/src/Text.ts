/** Amounts as people say them. */
import * as Duration from "effect/Duration"

/** `$0.04`, `$0.0014`: cents, and below a cent the digits that count. */
export const dollars = (amount: number): string => {
  const digits = amount > 0 && amount < 0.1 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 3 }
  return `$${amount.toLocaleString("en-US", { minimumFractionDigits: amount === 0 ? 0 : 2, ...digits })}`
}

export interface Range {
  readonly minUsd: number
  readonly maxUsd: number
}

/** `$0.04`, `$0.04 – $0.06`, `from $0.04`. */
export const range = ({ maxUsd, minUsd }: Range): string => {
  if (!Number.isFinite(maxUsd)) return `from ${dollars(minUsd)}`
  const [least, most] = [dollars(minUsd), dollars(maxUsd)]
  return least === most ? (maxUsd === 0 ? "free" : most) : `${least} – ${most}`
}

export const byteSize = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 999_950 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** `0.8 s`, `12.3 s`, `2 min 5 s`. */
export const time = (duration: Duration.Duration): string => {
  const seconds = Duration.toSeconds(duration)
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** `1 picture`, `2 pictures`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`
