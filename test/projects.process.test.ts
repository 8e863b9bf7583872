import { Command, FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"

const root = new URL("..", import.meta.url).pathname

const Listed = Schema.parseJson(Schema.Array(Schema.Struct({ file: Schema.String, projectName: Schema.String })))

/** What Vitest itself says: every file with a project that it belongs to. */
const listed = Command.make(process.execPath, "node_modules/vitest/vitest.mjs", "list", "--filesOnly", "--json").pipe(
  Command.workingDirectory(root),
  Command.string,
  Effect.flatMap(Schema.decode(Listed))
)

/** What is for Effect 4 has projects of its own. */
const others = ["node_modules", "dist", "effect4"]

const isHeld = (name: string): boolean => !name.startsWith(".") && !others.includes(name)

/** The test files of this repository. */
const held = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const within = (folder: string) =>
    Effect.map(fs.readDirectory(folder, { recursive: true }), (names) =>
      names
        .filter((name) => name.endsWith(".test.ts") && name.split("/").every(isHeld))
        .map((name) => path.join(folder, name))
    )
  const rooms = (yield* fs.readDirectory(root)).filter(isHeld)
  const folders = yield* Effect.filter(rooms, (room) =>
    Effect.map(fs.stat(path.join(root, room)), ({ type }) => type === "Directory")
  )
  return (yield* Effect.forEach(folders, (folder) => within(path.join(root, folder)))).flat()
})

describe("the projects of vitest.config.ts", () => {
  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    it.effect("have every test file, each in one of them", () =>
      Effect.gen(function* () {
        const all = yield* listed
        const projectsOf = (path: string) =>
          all.filter(({ file }) => file === path).map(({ projectName }) => projectName)
        const files = (yield* held).map((file) => ({ file, projects: projectsOf(file) }))
        expect(files.length).toBeGreaterThan(100)
        expect(files.filter(({ projects }) => projects.length !== 1)).toEqual([])
      })
    )
  })
})
