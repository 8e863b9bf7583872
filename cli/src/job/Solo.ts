/**
 * A file of SQLite has one worker: two of them would each take the other's calls under way for lost. A socket of the machine is what the worker
 * holds, for it goes with the process, however that ends.
 */
import { createHash } from "node:crypto"
import { connect, createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { basename, dirname, join, resolve } from "node:path"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { UsageError } from "../Failure.js"

/** The same for the same file, however it is called. Paths of sockets are short everywhere, so it is not beside the file. */
const addressOf = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = Effect.orElseSucceed(fs.realPath(dirname(path)), () => resolve(dirname(path)))
    const real = yield* Effect.orElse(fs.realPath(path), () => Effect.map(folder, (real) => join(real, basename(path))))
    const name = createHash("sha256").update(real).digest("hex").slice(0, 24)
    return process.platform === "win32"
      ? `\\\\.\\pipe\\openrouter-images-${name}`
      : join(tmpdir(), `openrouter-images-${name}.sock`)
  })

const listening = (address: string): Effect.Effect<Server, NodeJS.ErrnoException> =>
  Effect.async((resume) => {
    const server = createServer((socket) => socket.destroy())
    server.once("error", (error) => resume(Effect.fail(error)))
    server.listen(address, () => resume(Effect.succeed(server.unref())))
  })

/** Whether somebody listens there, or only has done so. */
const answers = (address: string): Effect.Effect<boolean> =>
  Effect.async((resume) => {
    const socket = connect(address)
    socket.once("connect", () => {
      socket.destroy()
      resume(Effect.succeed(true))
    })
    socket.once("error", () => resume(Effect.succeed(false)))
  })

const second = (path: string): UsageError =>
  new UsageError({
    problem: `${path} has a worker already, and a file of SQLite can have one.`,
    advice: "Let that one work, with a higher --concurrency if need be; for several workers take PostgreSQL."
  })

/** A socket that nobody answers at any more is left from a process that was killed. */
const taken = (path: string, address: string): Effect.Effect<Server | undefined, UsageError, FileSystem.FileSystem> =>
  listening(address).pipe(
    Effect.catchAll(({ code }) =>
      Effect.gen(function* () {
        // Where there can be no such socket nothing is held.
        if (code !== "EADDRINUSE") return undefined
        if (yield* answers(address)) return yield* second(path)
        const fs = yield* FileSystem.FileSystem
        yield* Effect.ignore(fs.remove(address))
        return yield* Effect.mapError(listening(address), () => second(path))
      })
    )
  )

/** Holds the file for as long as the scope lasts. */
export const held = (path: string): Effect.Effect<void, UsageError, Scope.Scope | FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const address = yield* addressOf(path)
    yield* Effect.acquireRelease(taken(path, address), (server) => Effect.sync(() => server?.close()))
  })
