/** A PostgreSQL of one's own: on a free port, in a temporary folder, gone afterwards. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Schedule, type Scope } from "effect"

/** Debian keeps the server's programs beside the PATH, by version. */
const programs = (): string => {
  const home = "/usr/lib/postgresql"
  const versions = existsSync(home) ? readdirSync(home).sort((one, other) => Number(other) - Number(one)) : []
  const found = versions.map((version) => join(home, version, "bin")).find((bin) => existsSync(join(bin, "initdb")))
  if (found === undefined) throw new Error("there is no PostgreSQL; install Debian's package postgresql")
  return found
}

/** The server refuses to run as root. */
const identity = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
  return { uid: id("-u"), gid: id("-g") }
}

/** A port that is free now. */
export const freePort: Effect.Effect<number> = Effect.async((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})

export interface Postgres {
  readonly url: string
  /** Of the server's first process, the parent of the others. */
  readonly pid: () => number
  /** As when the machine loses its power. */
  readonly crash: Effect.Effect<void>
  readonly start: Effect.Effect<void>
}

const ended = (child: ChildProcess): Effect.Effect<void> =>
  Effect.async((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) resume(Effect.void)
    else child.once("exit", () => resume(Effect.void))
  })

/** Runs until the scope ends. */
export const postgres: Effect.Effect<Postgres, never, Scope.Scope> = Effect.gen(function* () {
  const bin = programs()
  const who = identity()
  const port = yield* freePort
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const made = mkdtempSync(join(tmpdir(), "jobs-postgres-"))
      if (who.uid !== undefined && who.gid !== undefined) chownSync(made, who.uid, who.gid)
      return made
    }),
    (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
  )
  const data = join(folder, "data")
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "jobs", "-A", "trust", "-E", "UTF8", "--no-sync"], {
    ...who,
    cwd: folder,
    stdio: "ignore"
  })
  let server: ChildProcess | undefined
  const ready = Effect.try(() =>
    execFileSync(join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)], { ...who, cwd: folder })
  ).pipe(Effect.retry(Schedule.intersect(Schedule.spaced("100 millis"), Schedule.recurs(300))), Effect.orDie)
  const start = Effect.sync(() => {
    const settings = ["-D", data, "-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"]
    server = spawn(join(bin, "postgres"), settings, { ...who, cwd: folder, stdio: "ignore" })
  }).pipe(Effect.zipRight(ready), Effect.asVoid)
  const stop = (signal: NodeJS.Signals) =>
    Effect.suspend(() => {
      if (server === undefined) return Effect.void
      server.kill(signal)
      return ended(server)
    })
  yield* Effect.acquireRelease(start, () => stop("SIGINT"))
  return {
    url: `postgres://jobs@127.0.0.1:${port}/postgres`,
    pid: () => server?.pid ?? 0,
    crash: stop("SIGQUIT"),
    start
  }
})
