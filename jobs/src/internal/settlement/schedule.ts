/**
 * When to ask for the record of a generation. Most appear within minutes, some within an hour, and some never. Only
 * times decide, so a worker that was away for days asks once and goes on from there.
 */

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** How long after an attempt the first question comes. */
export const firstPauseMillis = 20 * second

/** The pause after a question that nobody answered. */
export const longestPauseMillis = day

/**
 * The pause after a question, by the time since the first one: it grows to two minutes within the first twelve, is five
 * minutes for an hour, and then a day. There is none after a week.
 */
export const pauseAfter = (elapsedMillis: number): number | undefined => {
  if (elapsedMillis < 12.5 * minute) return Math.min(Math.max(elapsedMillis / 2, firstPauseMillis), 2 * minute)
  if (elapsedMillis < hour) return 5 * minute
  return elapsedMillis < 7 * day ? day : undefined
}

/** Whether the questions are still so frequent that a job waits for the answer. */
export const isFrequent = (elapsedMillis: number): boolean => elapsedMillis < hour
