/** Amounts as people say them. */
import * as Duration from "effect/Duration"

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
