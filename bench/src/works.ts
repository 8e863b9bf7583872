// What is measured, between whom, and the figure that each ratio is to reach.
import type { Name } from "./contenders.js"
import type { Measurement, Task } from "./measure.js"

/** This library on either line of Effect. */
export type Ours = "ours" | "ours 4"

/** Our median against another's, or against the bytes of the pictures themselves. */
export interface Target {
  readonly ours: Ours
  readonly measure: keyof Measurement
  readonly against: Name | "decoded"
  readonly atMost: number
}

export interface Work {
  readonly title: string
  readonly task: Task
  readonly names: ReadonlyArray<Name>
  readonly targets: ReadonlyArray<Target>
}

const megabyte = 1024 * 1024

const task = (fields: Partial<Task>): Task => ({
  kind: "generate",
  sizes: [1024],
  previews: [],
  delayMillis: 0,
  calls: 1,
  concurrency: 1,
  ...fields
})

/** What the medians of one line of Effect are to reach. */
const targetsOf = (ours: Ours) => {
  const target =
    (measure: keyof Measurement) =>
    (against: Name | "decoded", atMost: number): Target => ({ ours, measure, against, atMost })
  return { time: target("milliseconds"), cpu: target("cpuMilliseconds"), memory: target("megabytes") }
}

const three = targetsOf("ours")
const four = targetsOf("ours 4")
const both = [three, four]

const everyone: ReadonlyArray<Name> = ["bytes", "raw", "platform", "platform 4", "openai", "sdk", "ours", "ours 4"]

export const works: ReadonlyArray<Work> = [
  {
    title: "generate, 1 KB",
    task: task({ calls: 1500 }),
    names: everyone,
    targets: [three.time("sdk", 1.25), three.cpu("sdk", 1.6), four.time("sdk", 1), four.cpu("sdk", 1.05)]
  },
  {
    title: "generate, 1 MB",
    task: task({ sizes: [megabyte], calls: 200 }),
    names: everyone,
    targets: [three.time("sdk", 1), four.time("sdk", 0.75)]
  },
  {
    title: "generate, 4 MB",
    task: task({ sizes: [4 * megabyte], calls: 40 }),
    names: everyone,
    targets: []
  },
  {
    title: "generate, 16 MB",
    task: task({ sizes: [16 * megabyte], calls: 20 }),
    names: everyone,
    targets: both.flatMap(({ memory, time }) => [time("raw", 0.75), memory("raw", 0.45)])
  },
  {
    title: "generate, 64 MB",
    task: task({ sizes: [64 * megabyte], calls: 6 }),
    names: everyone,
    targets: both.flatMap(({ memory, time }) => [time("raw", 0.6), memory("raw", 0.25), memory("decoded", 1.5)])
  },
  {
    title: "generate, 4 x 16 MB",
    task: task({ sizes: Array<number>(4).fill(16 * megabyte), calls: 6 }),
    names: everyone,
    targets: both.flatMap(({ memory, time }) => [time("raw", 0.6), time("sdk", 0.6), memory("decoded", 2)])
  },
  {
    title: "stream, 3 previews of 4 MB, 16 MB",
    task: task({
      kind: "stream",
      sizes: [16 * megabyte],
      previews: Array<number>(3).fill(4 * megabyte),
      calls: 20
    }),
    names: ["bytes", "parser", "openai", "sdk", "ours", "ours 4"],
    targets: [three.time("bytes", 4), four.time("bytes", 3), ...both.map(({ memory }) => memory("sdk", 0.6))]
  },
  {
    title: "listModels, 40 models, in turn",
    task: task({ kind: "models", calls: 1000 }),
    names: ["raw", "platform", "platform 4", "sdk", "ours", "ours 4"],
    targets: [three.time("sdk", 1.15), three.cpu("sdk", 1.2), four.time("sdk", 0.7), four.cpu("sdk", 0.7)]
  },
  {
    title: "listModels, 40 models, 32 at once",
    task: task({ kind: "models", calls: 1600, concurrency: 32 }),
    names: ["raw", "platform", "platform 4", "sdk", "ours", "ours 4"],
    targets: [three.time("sdk", 1.15), three.cpu("sdk", 1.2), four.time("sdk", 0.7), four.cpu("sdk", 0.7)]
  },
  {
    title: "200 generations of 1 MB, 32 at once, 50 ms away",
    task: task({ sizes: [megabyte], calls: 200, concurrency: 32, delayMillis: 50 }),
    names: everyone,
    targets: [three.time("sdk", 0.9), four.time("sdk", 0.77), ...both.map(({ memory }) => memory("sdk", 0.6))]
  }
]

/** `generate` by JSON and by events, whose previews it drops. */
export const wires: ReadonlyArray<Pick<Work, "title" | "task" | "names">> = [
  ["1 KB", 1024, 1500] as const,
  ["1 MB", megabyte, 200] as const,
  ["16 MB", 16 * megabyte, 20] as const
].flatMap(([title, size, calls]) =>
  [0, 2].map((count) => ({
    title: `${title}${count === 0 ? "" : `, ${count} previews as large`}`,
    task: task({ sizes: [size], previews: Array<number>(count).fill(size), calls }),
    names: ["ours", "events"] as const
  }))
)

/** One event of a stream, from memory, in pieces of one size: four times the bytes should cost four times the time. */
export interface Growth {
  readonly title: string
  readonly chunkBytes: number
  readonly tasks: ReadonlyArray<Task>
}

export const growths: ReadonlyArray<Growth> = [64 * 1024, 1024].map((chunkBytes) => ({
  title: `one event, chunks of ${chunkBytes / 1024} KiB`,
  chunkBytes,
  tasks: [1, 4, 16, 64].map((size) =>
    task({ kind: "stream", sizes: [size * megabyte], chunkBytes, calls: Math.ceil(16 / size) })
  )
}))

/** The most that the time of 64 MB may be of the time of 16 MB. */
export const mostGrowth = 5

/** What a fresh process and a bundle are to reach: the time of the import to the SDK's, and KiB. */
export const startupTargets: ReadonlyArray<{
  readonly ours: Ours
  readonly atMost: { readonly time: number; readonly whole: number; readonly own: number }
}> = [
  { ours: "ours", atMost: { time: 0.59, whole: 96, own: 16 } },
  { ours: "ours 4", atMost: { time: 0.42, whole: 62, own: 16 } }
]
