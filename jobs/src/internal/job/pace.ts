/** How fast a job goes, from how far it was each time somebody looked. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Pace, Progress } from "../../Progress.js"

interface Sample {
  readonly at: number
  readonly ended: number
  readonly pictures: number
}

const endedOf = ({ cancelled, done, failed }: Progress): number => done + failed + cancelled

const paceOf = (first: Sample, last: Sample, progress: Progress): Pace => {
  const minutes = (last.at - first.at) / 60_000
  const ended = last.ended - first.ended
  const left = progress.total - last.ended
  return {
    picturesPerMinute: minutes === 0 ? 0 : (last.pictures - first.pictures) / minutes,
    remaining: left === 0 ? Duration.zero : ended <= 0 ? undefined : Duration.minutes((left * minutes) / ended)
  }
}

/** The samples of the last minute, and the one before them. */
const takeRecent = (samples: ReadonlyArray<Sample>, now: number): ReadonlyArray<Sample> => {
  const older = samples.filter(({ at }) => at <= now - 60_000).length
  return samples.slice(Math.max(0, older - 1))
}

/** Adds the pace to each step of a job's progress. */
export const withPace = <E, R>(progress: Stream.Stream<Progress, E, R>): Stream.Stream<Progress & Pace, E, R> =>
  Stream.mapAccumEffect(progress, [] as ReadonlyArray<Sample>, (before, each) =>
    Effect.map(Clock.currentTimeMillis, (at) => {
      const sample: Sample = { at, ended: endedOf(each), pictures: each.pictures }
      const samples = [...takeRecent(before, at), sample]
      return [samples, { ...each, ...paceOf(samples[0] ?? sample, sample, each) }] as const
    })
  )
