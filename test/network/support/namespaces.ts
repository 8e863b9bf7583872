/** Two network namespaces of Linux with one wire between them, where a test may cut the wire: it takes root and `ip`. */
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { Effect, type Scope } from "effect"

const ip = (...words: ReadonlyArray<string>): void => void execFileSync("ip", words, { stdio: "pipe" })

/** The reason why this machine cannot make them, or nothing. */
export const whyNot = (): string | undefined => {
  const name = `probe-${process.pid}`
  try {
    ip("netns", "add", name)
    ip("-n", name, "link", "add", "wire", "type", "veth", "peer", "name", "other")
    ip("netns", "delete", name)
    return undefined
  } catch (error) {
    return String(error).split("\n")[0]
  }
}

/** A program within a namespace: its lines, one by one, and its input. */
export interface Program {
  readonly line: Effect.Effect<string>
  readonly say: (text: string) => Effect.Effect<void>
}

export interface Wire {
  readonly serverAddress: string
  readonly runServer: (file: string, ...words: ReadonlyArray<string>) => Effect.Effect<Program, never, Scope.Scope>
  readonly runClient: (file: string, ...words: ReadonlyArray<string>) => Effect.Effect<Program, never, Scope.Scope>
  /** What the server sends, its acknowledgements included, is lost from now on; what it is sent still arrives. */
  readonly loseAnswers: Effect.Effect<void>
  /** The server's interface goes down. */
  readonly cut: Effect.Effect<void>
}

const programIn = (namespace: string, file: string, words: ReadonlyArray<string>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(
        (): ChildProcessByStdio<Writable, Readable, null> =>
          spawn("ip", ["netns", "exec", namespace, process.execPath, file, ...words], {
            stdio: ["pipe", "pipe", "inherit"]
          })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    ),
    (child): Program => {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      return {
        line: Effect.promise(async () => (await lines.next()).value ?? "it ended"),
        say: (text) => Effect.sync(() => child.stdin.write(`${text}\n`))
      }
    }
  )

let made = 0

/** Made for the scope. The client gives up soon: it repeats what is not acknowledged for some seconds, not for a quarter of an hour. */
export const makeWire: Effect.Effect<Wire, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const id = `${process.pid}-${made++}`
    return { client: `client-${id}`, server: `server-${id}` }
  }),
  ({ client, server }) =>
    Effect.sync(() => {
      ip("netns", "delete", server)
      ip("netns", "delete", client)
    })
).pipe(
  Effect.tap(({ client, server }) =>
    Effect.sync(() => {
      ip("netns", "add", client)
      ip("netns", "add", server)
      ip("-n", client, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", server)
      ip("-n", client, "address", "add", "10.231.7.1/24", "dev", "wire")
      ip("-n", server, "address", "add", "10.231.7.2/24", "dev", "wire")
      for (const namespace of [client, server]) ip("-n", namespace, "link", "set", "wire", "up")
      // The kernel tells its own sockets by ICMP over this one.
      ip("-n", client, "link", "set", "lo", "up")
      ip("netns", "exec", client, "sysctl", "-qw", "net.ipv4.tcp_retries2=4")
    })
  ),
  Effect.map(({ client, server }) => ({
    serverAddress: "10.231.7.2",
    runServer: (file, ...words) => programIn(server, file, words),
    runClient: (file, ...words) => programIn(client, file, words),
    loseAnswers: Effect.sync(() =>
      ip(
        "-n",
        server,
        "neighbour",
        "replace",
        "10.231.7.1",
        "lladdr",
        "02:00:00:00:00:01",
        "dev",
        "wire",
        "nud",
        "permanent"
      )
    ),
    cut: Effect.sync(() => ip("-n", server, "link", "set", "wire", "down"))
  }))
)
