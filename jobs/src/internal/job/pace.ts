/** How fast a job goes, from how far it was at each look. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Progress } from "./progress.js"

export interface Pace {
  /** Over the last minute, or since the first look where that is less. */
  readonly picturesPerMinute: number
  /** How long it still takes at this pace; `undefined` where nothing has ended yet. */
  readonly remaining: Duration.Duration | undefined
}

interface Look {
  readonly at: number
  readonly ended: number
  readonly pictures: number
}

const endedOf = ({ cancelled, done, failed }: Progress): number => done + failed + cancelled

const paceOf = (first: Look, last: Look, progress: Progress): Pace => {
  const minutes = (last.at - first.at) / 60_000
  const ended = last.ended - first.ended
  const left = progress.total - last.ended
  return {
    picturesPerMinute: minutes === 0 ? 0 : (last.pictures - first.pictures) / minutes,
    remaining: left === 0 ? Duration.zero : ended <= 0 ? undefined : Duration.minutes((left * minutes) / ended)
  }
}

/** The looks of the last minute, and the one before them, from which on it is counted. */
const recent = (looks: ReadonlyArray<Look>, now: number): ReadonlyArray<Look> => {
  const older = looks.filter(({ at }) => at <= now - 60_000).length
  return looks.slice(Math.max(0, older - 1))
}

export const withPace = <E, R>(progress: Stream.Stream<Progress, E, R>): Stream.Stream<Progress & Pace, E, R> =>
  Stream.mapAccumEffect(progress, [] as ReadonlyArray<Look>, (before, each) =>
    Effect.map(Clock.currentTimeMillis, (at) => {
      const look: Look = { at, ended: endedOf(each), pictures: each.pictures }
      const looks = [...recent(before, at), look]
      return [looks, { ...each, ...paceOf(looks[0] ?? look, look, each) }] as const
    })
  )
