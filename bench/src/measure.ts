// One measurement in a process of its own: `measure.js CONTENDER WORK BASE_URL` does the work and prints what it took.
import { readFileSync, writeFileSync } from "node:fs"
import { contenders, type Name } from "./contenders.js"
import { fetchFromMemory } from "./memory.js"
import { type Pictures, promptOf } from "./prompt.js"

export interface Task extends Pictures {
  readonly kind: "generate" | "stream" | "models"
  readonly delayMillis: number
  readonly calls: number
  readonly concurrency: number
  /** The answer comes from memory in pieces of this size, and not over the network. */
  readonly chunkBytes?: number
}

export interface Measurement {
  /** A call, from end to end. */
  readonly milliseconds: number
  /** Of the processor, a call. */
  readonly cpuMilliseconds: number
  /** The highest that the memory rose above what it was before. */
  readonly megabytes: number
}

const [name, text = "", baseUrl = ""] = process.argv.slice(2) as [Name, string, string]
const { calls, chunkBytes, concurrency, delayMillis, kind, previews, sizes } = JSON.parse(text) as Task
if (chunkBytes !== undefined) globalThis.fetch = fetchFromMemory(chunkBytes)
const contender = await contenders[name](baseUrl)

const call = (pictures: Pictures): Promise<number> => {
  const work = kind === "models" ? contender.models : contender[kind]
  if (work === undefined) throw new Error(`${name} has no ${kind}`)
  return work(promptOf(pictures, delayMillis))
}

const times = async (count: number, lanes: number, run: () => Promise<number>): Promise<void> => {
  let left = count
  const lane = async () => {
    while (left-- > 0) if (!((await run()) > 0)) throw new Error(`${name} gave nothing`)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/** Linux tells the peak since it was last asked to forget it. */
const resetPeak = () => {
  try {
    writeFileSync("/proc/self/clear_refs", "5")
  } catch {}
}
const peak = (): number => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024
  } catch {
    return process.resourceUsage().maxRSS * 1024
  }
}

// A warm process is what a service is: connections open, code compiled.
const small = (all: ReadonlyArray<number>) => all.map((size) => Math.min(size, 1024 * 1024))
const warming: Pictures = { sizes: small(sizes), previews: small(previews) }
const warmingBytes = [...warming.sizes, ...warming.previews].reduce((sum, size) => sum + size, 0)
await times(warmingBytes < 100_000 ? 1000 : Math.ceil(100e6 / warmingBytes), 1, () => call(warming))
globalThis.gc?.()
const base = process.memoryUsage().rss
resetPeak()
const cpu = process.cpuUsage()
const start = performance.now()
await times(calls, concurrency, () => call({ sizes, previews }))
const milliseconds = (performance.now() - start) / calls
const { system, user } = process.cpuUsage(cpu)
const measurement: Measurement = {
  milliseconds,
  cpuMilliseconds: (user + system) / 1000 / calls,
  megabytes: (peak() - base) / 1e6
}
console.log(JSON.stringify(measurement))
process.exit(0)
