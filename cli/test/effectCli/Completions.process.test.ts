import { Command, FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Either } from "effect"
import { program } from "../../src/commands/Commands.js"

const main = new URL("../../bin/openrouter-images.js", import.meta.url).pathname
const commands = program.commands.map(({ name }) => name)

/** The script for a shell, as a file. */
const scriptFor = (shell: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = `${yield* fs.makeTempDirectoryScoped()}/completions`
    yield* fs.writeFileString(file, yield* Command.string(Command.make(process.execPath, main, "--completions", shell)))
    return file
  })

/** What the program says, or nothing where this machine does not have it. */
const ifInstalled = (program: string, ...args: ReadonlyArray<string>) =>
  Effect.map(Effect.either(Command.string(Command.make(program, ...args))), Either.getOrUndefined)

const complete = '_openrouter-images_bash_completions "$1"'

describe("the completion scripts", () => {
  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    it.scoped("offer in bash the commands, and the options of each", () =>
      Effect.gen(function* () {
        const file = yield* scriptFor("bash")
        const offered = (...words: ReadonlyArray<string>) =>
          Effect.map(
            ifInstalled(
              "bash",
              "-c",
              `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ${complete}; echo "\${COMPREPLY[@]}"`,
              "bash",
              file,
              ...words
            ),
            (text) => text?.trim().split(" ")
          )
        const names = yield* offered("openrouter-images", "")
        if (names === undefined) return
        expect(names).toEqual(expect.arrayContaining(commands))
        expect(yield* offered("openrouter-images", "generate", "--st")).toEqual(["--stream"])
        expect(yield* offered("openrouter-images", "models", "--su")).toEqual(["--supports"])
        expect(yield* offered("openrouter-images", "job", "")).toEqual(expect.arrayContaining(["submit", "worker"]))
        expect(yield* offered("openrouter-images", "job", "worker", "--until")).toEqual(["--until-done"])
        expect(yield* offered("openrouter-images", "generate", "--reference", file.slice(0, -3))).toEqual([file])
      })
    )

    it.scoped("offer in bash a file as one word, whatever is in its name", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const file = yield* scriptFor("bash")
        const folder = yield* fs.makeTempDirectoryScoped()
        const names = ["my pic.png", "my *.png"]
        for (const name of names) yield* fs.writeFileString(`${folder}/${name}`, "")
        const script = `source "$1"; cd "$2"; COMP_WORDS=(openrouter-images generate "$3" my); COMP_CWORD=3; set -- openrouter-images; ${complete}`
        for (const option of ["--reference", "--out"]) {
          const said = `${script}; printf '%s\\n' "\${COMPREPLY[@]}"`
          const text = yield* ifInstalled("bash", "-c", said, "bash", file, folder, option)
          if (text === undefined) return
          expect(text.trim().split("\n").sort()).toEqual([...names].sort())
        }
      })
    )

    it.scoped("offer the same in fish", () =>
      Effect.gen(function* () {
        const file = yield* scriptFor("fish")
        const offered = (line: string) =>
          ifInstalled("fish", "-c", 'source $argv[1]; complete -C"$argv[2]"', file, line)
        const names = yield* offered("openrouter-images ")
        if (names === undefined) return
        for (const name of commands) expect(names).toMatch(new RegExp(`^${name}\\t`, "m"))
        expect(yield* offered("openrouter-images generate --st")).toMatch(/^--stream\t/m)
        expect(yield* offered("openrouter-images job ")).toMatch(/^submit\t/m)
        expect(yield* offered("openrouter-images job worker --until")).toMatch(/^--until-done\t/m)
      })
    )

    it.scoped("can be read by zsh, and name the commands and options", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const file = yield* scriptFor("zsh")
        const checked = yield* ifInstalled("zsh", "-c", 'zsh -n "$1" && echo fine', "zsh", file)
        expect([undefined, "fine\n"]).toContain(checked)
        const script = yield* fs.readFileString(file)
        expect(script).toMatch(/^#compdef openrouter-images$/m)
        for (const name of commands) expect(script).toContain(`(${name})`)
        expect(script).toContain("'--stream[")
        expect(script).toContain("'--until-done[")
        const asked = [...script.matchAll(/":: :(\S+)" /g)].map(([, name]) => name)
        for (const name of asked) expect(script).toContain(`\n${name}() {`)
        expect(asked).toHaveLength(2)
      })
    )
  })
})
