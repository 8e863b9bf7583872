/** A machine of its own, as a network namespace of Linux with one wire to this one, which can be cut: it takes root and `ip`. */
import { execFileSync } from "node:child_process"
import { Effect, type Scope } from "effect"

const ip = (...words: ReadonlyArray<string>): void => void execFileSync("ip", words, { stdio: "pipe" })

export interface Machine {
  /** The command line that runs a program there. */
  readonly prefix: ReadonlyArray<string>
  /** Where programs there reach this machine. */
  readonly host: string
  /** Where this machine reaches programs there. */
  readonly own: string
  /** Its interface goes down. */
  readonly cut: Effect.Effect<void>
  readonly mend: Effect.Effect<void>
}

/** Made for the scope. */
export const machine: Effect.Effect<Machine, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const name = `jobs-${process.pid}`
    const wire = `jobs${process.pid % 100_000}`
    // Addresses of its own: a wire that a killed process has left would take what is sent to others
    const [host, own] = [1, 2].map((last) => `10.213.${process.pid % 256}.${last}`) as [string, string]
    ip("netns", "add", name)
    ip("link", "add", wire, "type", "veth", "peer", "name", "wire", "netns", name)
    ip("address", "add", `${host}/24`, "dev", wire)
    ip("link", "set", wire, "up")
    ip("-n", name, "address", "add", `${own}/24`, "dev", "wire")
    ip("-n", name, "link", "set", "wire", "up")
    ip("-n", name, "link", "set", "lo", "up")
    const set = (state: "up" | "down") => Effect.sync(() => ip("-n", name, "link", "set", "wire", state))
    return { name, prefix: ["ip", "netns", "exec", name], host, own, cut: set("down"), mend: set("up") }
  }),
  ({ name }) => Effect.sync(() => ip("netns", "delete", name))
)
