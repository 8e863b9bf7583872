// The servers as their parent sees them.
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { Addresses, Question, Seen } from "./servers.js"

export interface OtherSide extends Addresses {
  readonly ask: (question: Question) => Promise<Seen>
  /** Asks until `enough` or until the time is up; gives the last answer and how long it took. */
  readonly waitFor: (
    enough: (seen: Seen) => boolean,
    millis: number
  ) => Promise<{ readonly seen: Seen; readonly millis: number }>
  readonly stop: () => void
}

export const startServers = async (): Promise<OtherSide> => {
  const child = fork(fileURLToPath(new URL("servers.js", import.meta.url)))
  const [addresses] = (await once(child, "message")) as [Addresses]
  const ask = async (question: Question): Promise<Seen> => {
    child.send(question)
    const [seen] = (await once(child, "message")) as [Seen]
    return seen
  }
  const waitFor: OtherSide["waitFor"] = async (enough, millis) => {
    const start = performance.now()
    while (true) {
      const seen = await ask("sockets")
      const taken = performance.now() - start
      if (enough(seen) || taken > millis) return { seen, millis: taken }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return { ...addresses, ask, waitFor, stop: () => child.kill() }
}
