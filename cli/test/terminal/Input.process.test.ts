import { Command, FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Deferred, Effect, Stream } from "effect"

const main = new URL("../../bin/openrouter-images.js", import.meta.url).pathname

/** Runs the built command in a pseudo-terminal, in an empty folder, and types something once it has asked. */
const typed = (keys: string) =>
  Effect.gen(function* () {
    const folder = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
    const asked = yield* Deferred.make<void>()
    const line = `"${process.execPath}" "${main}" generate --emulator >stdout`
    const child = yield* Command.start(
      Command.make("script", "-qec", line, "/dev/null").pipe(
        Command.workingDirectory(folder),
        Command.stdin(Stream.as(Stream.fromEffect(Deferred.await(asked)), new TextEncoder().encode(keys)))
      )
    )
    const screen = yield* child.stdout.pipe(
      Stream.decodeText(),
      Stream.scan("", (before, more) => before + more),
      Stream.tap((text) => (text.includes("picture show?") ? Deferred.succeed(asked, undefined) : Effect.void)),
      Stream.runFold("", (_, text) => text)
    )
    const stdout = yield* (yield* FileSystem.FileSystem).readFileString(`${folder}/stdout`)
    return { exitCode: yield* child.exitCode, screen, stdout }
  })

describe("a question in a terminal", () => {
  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    it.scoped("is asked on stderr, and answered", () =>
      Effect.gen(function* () {
        const { exitCode, screen, stdout } = yield* typed("a paper boat\n")
        expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^pictures\/a-paper-boat-\S+\.png\n$/)])
        expect(screen).toContain("What does the picture show?")
      })
    )

    it.scoped("is cancelled by Ctrl-C", () =>
      Effect.gen(function* () {
        const { exitCode, stdout } = yield* typed("\u0003")
        expect([exitCode, stdout]).toEqual([130, ""])
      })
    )
  })
})
