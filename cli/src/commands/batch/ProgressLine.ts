/** The progress of a batch, on a line of the terminal. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Batch } from "effect-openrouter-images"
import * as Cost from "../../output/Cost.js"
import { formatEstimate } from "../../output/Text.js"
import * as LiveLine from "../../terminal/LiveLine.js"
import type { Screen } from "../../terminal/Screen.js"

const widest = 30

/** A shorter bar shows nothing. */
const narrowest = 5

const bar = (part: number, width: number): string => {
  const full = Math.floor(part * width)
  return width < narrowest ? "" : `${"█".repeat(full)}${"░".repeat(width - full)} `
}

interface Shown extends Omit<Batch.Progress, "elapsed"> {
  /** What of `spentUsd` nobody paid. */
  readonly emulatedUsd: number
}

/** `████░░░░ 12 of 40, 1 failed, 4 running, $0.48, 2 min 5 s left`; the bar takes what room there is. */
export const line = (progress: Shown, columns: number): string => {
  const { done, failed, running, timeLeft, total = 0 } = progress
  const settled = done + failed
  const words = [
    `${settled} of ${total}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${running} running`,
    Cost.formatSpent(progress),
    ...(timeLeft === undefined ? [] : [`${formatEstimate(timeLeft)} left`])
  ].join(", ")
  const room = Math.min(widest, columns - 2 - Array.from(words).length)
  return LiveLine.truncate(bar(total === 0 ? 0 : settled / total, room) + words, columns)
}

/** The line by now. */
const current = (tracker: Batch.Tracker, emulated: boolean, columns: number): Effect.Effect<string> =>
  Effect.map(
    Stream.runHead(Batch.progress(tracker)),
    Option.match({
      onNone: () => "",
      onSome: (progress) => line({ ...progress, emulatedUsd: emulated ? progress.spentUsd : 0 }, columns)
    })
  )

/** Shows the progress for as long as the effect runs; `emulated` says that nobody pays. */
export const withProgress = (
  tracker: Batch.Tracker,
  emulated: boolean
): (<A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R | Screen>) =>
  LiveLine.withLine((columns) => current(tracker, emulated, columns))
