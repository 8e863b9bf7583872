// The scripts of a release, on a copy of this repository's manifests, lockfile and changelog.
import { Command, FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"

const root = new URL("..", import.meta.url).pathname

const Ranges = Schema.optional(Schema.Record({ key: Schema.String, value: Schema.String }))
const Manifest = Schema.Struct({
  name: Schema.optional(Schema.String),
  version: Schema.optional(Schema.String),
  private: Schema.optional(Schema.Boolean),
  workspaces: Schema.optional(Schema.Array(Schema.String)),
  dependencies: Ranges,
  devDependencies: Ranges,
  peerDependencies: Ranges
})
type Manifest = typeof Manifest.Type

const Lock = Schema.Struct({
  version: Schema.String,
  packages: Schema.Record({ key: Schema.String, value: Manifest })
})

const read = <A, I>(schema: Schema.Schema<A, I>, ...parts: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    return yield* Schema.decode(Schema.parseJson(schema))(yield* fs.readFileString(path.join(...parts)))
  })

/** The sources that state the version of their package, by its folder. */
const statements = { cli: "cli/src/Cli.ts", mcp: "mcp/src/Server.ts" }

const statedIn = (copy: string, source: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* fs.readFileString(`${copy}/${source}`)
    return text.match(/^export const version = "(.*)"$/m)?.[1]
  })

/** The manifests of the workspaces in a copy, by folder. */
const manifestsIn = (copy: string) =>
  Effect.gen(function* () {
    const { workspaces = [] } = yield* read(Manifest, copy, "package.json")
    return Object.fromEntries(
      yield* Effect.forEach(workspaces, (folder) =>
        Effect.map(read(Manifest, copy, folder, "package.json"), (manifest) => [folder, manifest] as const)
      )
    )
  })

/** A folder with what the scripts read and write, and this text at the head of the changelog. */
const copyWith = (news: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const copy = yield* fs.makeTempDirectoryScoped()
    const { workspaces = [] } = yield* read(Manifest, root, "package.json")
    for (const folder of workspaces) {
      yield* fs.makeDirectory(path.join(copy, folder), { recursive: true })
      yield* fs.copyFile(path.join(root, folder, "package.json"), path.join(copy, folder, "package.json"))
    }
    for (const source of Object.values(statements)) {
      yield* fs.makeDirectory(path.join(copy, path.dirname(source)), { recursive: true })
      yield* fs.copyFile(path.join(root, source), path.join(copy, source))
    }
    yield* fs.copyFile(path.join(root, "package-lock.json"), path.join(copy, "package-lock.json"))
    const changelog = "# Changelog\n\n## 3.0.0 and 4.0.0\n\nThe first version.\n"
    yield* fs.writeFileString(path.join(copy, "CHANGELOG.md"), changelog.replace("\n\n", `\n\n${news}`))
    return copy
  })

const text = <E>(stream: Stream.Stream<Uint8Array, E>) => stream.pipe(Stream.decodeText(), Stream.mkString)

const runIn = (copy: string, script: string, ...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const command = Command.make(process.execPath, `${root}scripts/release/${script}.js`, ...args)
    const child = yield* Command.start(Command.workingDirectory(command, copy))
    const [printed, said, status] = yield* Effect.all([text(child.stdout), text(child.stderr), child.exitCode], {
      concurrency: "unbounded"
    })
    return { printed, said, status: Number(status) }
  })

const changelogOf = (copy: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(`${copy}/CHANGELOG.md`))

/** What a manifest says of the other packages of this repository. */
const ours = (manifest: Manifest) =>
  Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies }).filter(
    ([name]) => name.startsWith("effect-openrouter-images")
  )

const news = "## Unreleased\n\n- Pictures in colour.\n\n"

describe("a release", () => {
  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    it.scoped("raises every package and keeps both lines of Effect apart", () =>
      Effect.gen(function* () {
        const copy = yield* copyWith(news)
        const before = yield* manifestsIn(copy)
        expect(yield* runIn(copy, "raise", "minor")).toMatchObject({ said: "", status: 0 })
        const after = yield* manifestsIn(copy)
        const minorOf = (version = "") => version.replace(/(\d+)\.\d+$/, (_, minor) => `${Number(minor) + 1}.0`)
        for (const folder of [".", "emulator", "effect4", "cli", "jobs", "jobs-view", "mcp"])
          expect([folder, after[folder]?.version]).toEqual([folder, minorOf(before[folder]?.version)])
        expect(after["."]?.version).toMatch(/^3\./)
        expect(after["effect4"]?.version).toMatch(/^4\./)
        expect(after["bench"]?.version).toBe(before["bench"]?.version)
      })
    )

    it.scoped("says in each command the version of its package, before and after", () =>
      Effect.gen(function* () {
        const copy = yield* copyWith(news)
        yield* runIn(copy, "raise", "minor")
        for (const tree of [root, copy]) {
          const manifests = yield* manifestsIn(tree)
          for (const [folder, source] of Object.entries(statements))
            expect([folder, yield* statedIn(tree, source)]).toEqual([folder, manifests[folder]?.version])
        }
      })
    )

    it.scoped("has the packages depend on each other's new version, in the lockfile too", () =>
      Effect.gen(function* () {
        const copy = yield* copyWith(news)
        yield* runIn(copy, "raise", "patch")
        const manifests = yield* manifestsIn(copy)
        const versions = new Map(Object.values(manifests).map(({ name, version }) => [name, version]))
        const { packages, version } = yield* read(Lock, copy, "package-lock.json")
        expect(version).toBe(manifests["."]?.version)
        const checked = Object.entries(manifests).map(([folder, manifest]) => {
          const entry = packages[folder === "." ? "" : folder]
          expect(entry?.version).toBe(manifest.version)
          for (const found of [manifest, entry ?? {}])
            for (const [name, range] of ours(found))
              expect([folder, name, range]).toEqual([folder, name, versions.get(name)])
          return ours(manifest).length
        })
        expect(Math.max(...checked)).toBeGreaterThan(1)
      })
    )

    it.scoped("puts the news of the changelog under the versions that they came with", () =>
      Effect.gen(function* () {
        const copy = yield* copyWith(news)
        yield* runIn(copy, "raise", "minor")
        const { ".": three, effect4: four, cli, mcp, jobs, "jobs-view": view } = yield* manifestsIn(copy)
        const written = yield* changelogOf(copy)
        expect(written).toBe(
          `# Changelog\n\n## ${three?.version} and ${four?.version}\n\n` +
            `With the command ${cli?.version}, its server for agents ${mcp?.version}, jobs ${jobs?.version} and their view ${view?.version}.\n\n` +
            "- Pictures in colour.\n\n## 3.0.0 and 4.0.0\n\nThe first version.\n"
        )
        const notes = yield* runIn(copy, "notes", `v${four?.version}`)
        expect(notes.status).toBe(0)
        expect(notes.printed).toContain("Pictures in colour.")
        expect(notes.printed).not.toContain("The first version.")
      })
    )

    it.scoped("is refused without news, and writes nothing then", () =>
      Effect.gen(function* () {
        for (const empty of ["", "## Unreleased\n\n"]) {
          const copy = yield* copyWith(empty)
          const before = yield* manifestsIn(copy)
          const { said, status } = yield* runIn(copy, "raise", "minor")
          expect(said).toBe('CHANGELOG.md says nothing below "## Unreleased". Write there what users will notice\n')
          expect(status).toBe(1)
          expect(yield* manifestsIn(copy)).toEqual(before)
        }
      })
    )

    it.scoped("never takes the first number of a version, which is Effect's", () =>
      Effect.gen(function* () {
        const copy = yield* copyWith(news)
        const { said, status } = yield* runIn(copy, "raise", "major")
        expect([said, status]).toEqual(["npm run release:raise -- minor|patch: not major\n", 1])
      })
    )

    it.scoped("has notes for the tag of this tree alone", () =>
      Effect.gen(function* () {
        const copy = yield* copyWith("")
        const version = (yield* manifestsIn(copy))["effect4"]?.version
        const { said, status } = yield* runIn(copy, "notes", "v9.9.9")
        expect(said).toBe(`the tag is v9.9.9, and this tree has the version ${version}: tag it v${version}\n`)
        expect(status).toBe(1)
      })
    )
  })
})
