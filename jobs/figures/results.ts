/** What `job results` takes to write the pictures of a large job, beside a plain copy of the same files. */
import { spawn } from "node:child_process"
import { randomFillSync } from "node:crypto"
import { crc32, deflateSync } from "node:zlib"
import { FileSystem } from "@effect/platform"
import { Console, Effect, Layer } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import { ImageStore, Jobs } from "effect-openrouter-images-jobs"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { addMade } from "./ended.js"
import { endedChildrenCpuMillis } from "./proc.js"

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type), data])
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))])
}

/** A PNG of grey noise, which equals no other, with a byte for each pixel. */
const noise = (side: number): GeneratedImage.GeneratedImage => {
  const rows = randomFillSync(Buffer.alloc(side * (side + 1)))
  for (let row = 0; row < side; row++) rows[row * (side + 1)] = 0
  const header = Buffer.concat([uint32(side), uint32(side), Buffer.from([8, 0, 0, 0, 0])])
  const chunks = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 0 })), chunk("IEND", Buffer.alloc(0))]
  return GeneratedImage.make(Buffer.concat([Buffer.from("\u0089PNG\r\n\u001a\n", "latin1"), ...chunks]))
}

/** Puts as many pictures where a store in a folder has them, without waiting for the disk each time. */
const fill = (store: string, items: number, side: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return yield* Effect.forEach(Array.from({ length: items }), () =>
      Effect.gen(function* () {
        const image = noise(side)
        const stored = yield* ImageStore.describe(image)
        yield* fs.makeDirectory(`${store}/${stored.reference.slice(0, 2)}`, { recursive: true })
        yield* fs.writeFile(`${store}/${stored.reference}`, image.bytes)
        return stored
      })
    )
  })

/** Seconds of a program, on the clock and of CPU. */
interface Seconds {
  readonly wall: number
  readonly cpu: number
}

const time = (cwd: string, words: ReadonlyArray<string>): Effect.Effect<Seconds> =>
  Effect.async((resume) => {
    const cpu = endedChildrenCpuMillis()
    const begun = performance.now()
    spawn(words[0] ?? "", words.slice(1), { cwd, stdio: "ignore" }).on("close", (code) =>
      resume(
        code === 0
          ? Effect.succeed({
              wall: (performance.now() - begun) / 1_000,
              cpu: (endedChildrenCpuMillis() - cpu) / 1_000
            })
          : Effect.dieMessage(`${words.join(" ")} ended with ${code}`)
      )
    )
  })

const median = (values: ReadonlyArray<number>): number =>
  [...values].sort((one, other) => one - other)[values.length >> 1] ?? Number.NaN

const medianOf = (all: ReadonlyArray<Seconds>): Seconds => ({
  wall: median(all.map(({ wall }) => wall)),
  cpu: median(all.map(({ cpu }) => cpu))
})

export interface Export {
  readonly kilobytes: number
  readonly provenance: boolean
  readonly copy: Seconds
  /** Of the command without its start. */
  readonly command: Seconds
  /** Of a command that writes nothing. */
  readonly start: Seconds
}

/**
 * Each round has folders of its own, which stay until the end of the scope: for minutes after many files were removed,
 * ext4 is slow to make new ones.
 */
export const measureExport = (items: number, side: number, rounds: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "results-" })
    const made = yield* fill(`${cwd}/store`, items, side)
    const client = Sqlite.layerClient({ filename: `${cwd}/jobs.db` })
    yield* addMade("export", made).pipe(Effect.provide(Layer.provideMerge(Jobs.layer, client)))
    const bin = `${process.cwd()}/cli/bin/openrouter-images.js`
    const job = (...words: ReadonlyArray<string>) =>
      Effect.zipRight(
        time(cwd, ["sync"]),
        time(cwd, [process.execPath, bin, "job", ...words, "--database", "jobs.db", "export"])
      )
    const each = yield* Effect.forEach(Array.from({ length: rounds }), (_, round) =>
      Effect.all({
        start: job("status"),
        copy: Effect.zipRight(time(cwd, ["sync"]), time(cwd, ["cp", "-r", "store", `copy-${round}`])),
        with: job("results", "--store", "store", "--out", `with-${round}`),
        without: job("results", "--store", "store", "--out", `without-${round}`, "--no-provenance")
      }).pipe(Effect.tap(Console.log))
    )
    const start = medianOf(each.map(({ start }) => start))
    const copy = medianOf(each.map(({ copy }) => copy))
    return (["with", "without"] as const).map((name): Export => {
      const { cpu, wall } = medianOf(each.map((round) => round[name]))
      return {
        kilobytes: (made[0]?.byteLength ?? 0) / 1_000,
        provenance: name === "with",
        copy,
        command: { wall: wall - start.wall, cpu: cpu - start.cpu },
        start
      }
    })
  })
