/** A million pictures: what limits them, by simulation of every call and every transaction with the costs that were measured here. */
import type { ServerCosts } from "./throughput.js"

/** What was measured. */
export interface Costs extends ServerCosts {
  /** For each picture. */
  readonly workerCpuMillis: number
}

export interface Cluster {
  readonly runners: number
  readonly concurrency: number
  /** Cores of the database's machine. */
  readonly cores: number
  /** The middle one of a generation's times. */
  readonly callMillis: number
}

export interface Simulated extends Cluster {
  readonly perSecond: number
  /** Of the database's cores, and of the runners', from 0 to 1. */
  readonly databaseBusy: number
  readonly runnersBusy: number
}

/** A queue of moments, the earliest first: a binary heap over two arrays. */
class Moments {
  private readonly at: Array<number> = []
  private readonly what: Array<number> = []

  push(at: number, what: number): void {
    let i = this.at.length
    this.at.push(at)
    this.what.push(what)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (this.timeOf(parent) <= at) break
      this.swap(i, parent)
      i = parent
    }
  }

  pop(): readonly [at: number, what: number] {
    const first = [this.timeOf(0), this.what[0] ?? 0] as const
    const at = this.at.pop() ?? 0
    const what = this.what.pop() ?? 0
    if (this.at.length > 0) {
      this.at[0] = at
      this.what[0] = what
      this.sink()
    }
    return first
  }

  private sink(): void {
    for (let i = 0; ; ) {
      let least = i
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < this.at.length && this.timeOf(child) < this.timeOf(least)) least = child
      }
      if (least === i) return
      this.swap(i, least)
      i = least
    }
  }

  private timeOf(i: number): number {
    return this.at[i] ?? Number.POSITIVE_INFINITY
  }

  private swap(i: number, j: number): void {
    const [at, what] = [this.timeOf(i), this.what[i] ?? 0]
    this.at[i] = this.timeOf(j)
    this.what[i] = this.what[j] ?? 0
    this.at[j] = at
    this.what[j] = what
  }
}

/** Pseudo-random numbers from 0 to 1, the same in each run (mulberry32). */
const seeded = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Of the logarithm of a call's time, so that one in twenty takes three times the middle one. */
const spread = Math.log(3) / 1.645

/** The next free one of equal servers, and when it is free. */
const soonest = (free: ReadonlyArray<number>): number =>
  free.reduce((best, at, i) => (at < (free[best] ?? 0) ? i : best), 0)

/**
 * Each place of each runner makes one picture after the other: half of its transactions, the call, the other half. A transaction needs the runner's one thread
 * and then a core of the database, both first come first served; times of transactions are exponential, those of calls log-normal (one in twenty takes three
 * times the middle one).
 */
export const simulate = (cluster: Cluster, costs: Costs, pictures: number): Simulated => {
  const { callMillis, concurrency, cores, runners } = cluster
  const random = seeded(2026)
  // The transactions, and the call as one step more in their midst
  const steps = Math.max(2, Math.round(costs.transactions))
  const call = Math.floor(steps / 2)
  const perTransaction = costs.cpuMillis / steps
  const onRunner = costs.workerCpuMillis / steps
  // What the runners ask beside their pictures takes its part of each core.
  const left = 1 - (runners * costs.idleTransactions * perTransaction) / 1000 / cores
  if (left <= 0) return { ...cluster, perSecond: 0, databaseBusy: 1, runnersBusy: 0 }
  const exponential = (mean: number) => -mean * Math.log(1 - random())
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const database = Array.from({ length: cores }, () => 0)
  const threads = Array.from({ length: runners }, () => 0)
  const step = Array.from({ length: runners * concurrency }, () => 0)
  const moments = new Moments()
  for (let place = 0; place < step.length; place++) moments.push(random() * callMillis, place)
  let done = 0
  let now = 0
  let databaseMillis = 0
  let runnerMillis = 0
  while (done < pictures) {
    const [at, place] = moments.pop()
    now = at
    const next = step[place] ?? 0
    step[place] = next === steps ? 0 : next + 1
    if (next === steps) done += 1
    if (next === call) {
      moments.push(at + callMillis * Math.exp(normal() * spread), place)
      continue
    }
    const runner = Math.floor(place / concurrency)
    const thread = exponential(onRunner)
    const ready = Math.max(at, threads[runner] ?? 0) + thread
    threads[runner] = ready
    const core = soonest(database)
    const service = exponential(perTransaction) / left
    const end = Math.max(ready, database[core] ?? 0) + service
    database[core] = end
    databaseMillis += service
    runnerMillis += thread
    moments.push(end, place)
  }
  return {
    ...cluster,
    perSecond: (pictures * 1000) / now,
    databaseBusy: 1 - left + (databaseMillis * left) / now / cores,
    runnersBusy: runnerMillis / now / runners
  }
}

/** What no cluster of this size can pass, in pictures a second. */
export const bounds = ({ callMillis, concurrency, cores, runners }: Cluster, costs: Costs) => {
  const idle = (runners * costs.idleTransactions * costs.cpuMillis) / costs.transactions
  // The mean of a log-normal is above its middle.
  const mean = callMillis * Math.exp(spread ** 2 / 2)
  return {
    calls: (runners * concurrency * 1000) / mean,
    database: Math.max(0, cores * 1000 - idle) / costs.cpuMillis,
    runners: (runners * 1000) / costs.workerCpuMillis
  }
}
