// What the process holds once everything that nobody needs is thrown away.
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

export interface Memory {
  readonly rss: number
  readonly heapUsed: number
  /** The bytes of pictures lie outside the heap. */
  readonly arrayBuffers: number
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** Finalizers run between collections, and the allocator gives back pages in its own time. */
export const settledMemory = async (): Promise<Memory> => {
  for (let i = 0; i < 5; i++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const { arrayBuffers, heapUsed, rss } = process.memoryUsage()
  return { arrayBuffers, heapUsed, rss }
}
