import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import { GeneratedImage } from "effect-openrouter-images"
import { fileFailure } from "./support/fileFailure.js"

const image = GeneratedImage.make(
  new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg' width='8' height='4'/>")
)
const png = GeneratedImage.make(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), "image/png")

const bytesOf = (name: string): number => Buffer.byteLength(name)
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

/** The file system of this machine, which tells every name that it is asked to write. */
const watchedFiles = (written: Array<string>) =>
  Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (fs) => ({
      ...fs,
      writeFile: (path, bytes, options) => {
        written.push(nameOf(path))
        return fs.writeFile(path, bytes, options)
      }
    }))
  ).pipe(Layer.provideMerge(NodeContext.layer))

describe("a saved picture's name", () => {
  const extended: ReadonlyArray<readonly [given: string, saved: string]> = [
    ["krea-2.v1", "krea-2.v1.png"],
    ["seedream-4.5", "seedream-4.5.png"],
    ["panda.final", "panda.final.png"],
    ["panda", "panda.png"],
    ["panda.", "panda..png"],
    [".png", ".png.png"],
    ["a.png", "a.png"],
    ["a.JPG", "a.JPG"],
    ["a.v1.jpeg", "a.v1.jpeg"],
    ["a.heic", "a.heic"],
    ["a.txt", "a.txt.png"]
  ]
  it.scoped.each(extended)("is for %s %s", ([given, saved]) =>
    Effect.gen(function* () {
      const at = yield* folder
      expect(yield* GeneratedImage.save(png, `${at}/${given}`)).toBe(`${at}/${saved}`)
      expect(yield* (yield* FileSystem.FileSystem).readDirectory(at)).toEqual([saved])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("keeps the extension of a media type that only the server knows", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const odd = GeneratedImage.make(Uint8Array.of(1, 2, 3), "image/x-odd")
      const path = yield* GeneratedImage.save(odd, `${at}/a`)
      expect(yield* GeneratedImage.save(odd, path)).toBe(path)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  const lengths = ["a.png", "ab.png", "panda.png", `${"x".repeat(251)}.png`, `${"€".repeat(83)}ab.png`, "🐼.png"]
  it.scoped.each(lengths)("is never shorter than that of the temporary file beside it, which is hidden: %s", (name) => {
    const written: Array<string> = []
    return Effect.gen(function* () {
      const at = yield* folder
      expect(yield* GeneratedImage.save(png, `${at}/${name}`)).toBe(`${at}/${name}`)
      expect(yield* (yield* FileSystem.FileSystem).readDirectory(at)).toEqual([name])
      expect(written).toHaveLength(1)
      expect(bytesOf(written[0] ?? "")).toBeLessThanOrEqual(bytesOf(name))
      expect(written[0]).toMatch(/^\.[0-9a-z]+$/)
    }).pipe(Effect.provide(watchedFiles(written)))
  })

  it.scoped("is shortened where a folder would not take it, and stays another for another picture", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      const given = ["1", "2"].flatMap((end) => [`${"x".repeat(252)}${end}`, `${"🐼".repeat(70)}${end}.webp`])
      const paths = yield* Effect.forEach(given, (name) => GeneratedImage.save(png, `${at}/${name}`))
      const names = paths.map(nameOf)
      expect(new Set(names).size).toBe(4)
      expect((yield* fs.readDirectory(at)).sort()).toEqual([...names].sort())
      for (const name of names) {
        expect(bytesOf(name)).toBeLessThanOrEqual(251)
        expect(name).toMatch(/^(x{200,}|(🐼){50,})~[0-9a-f]{12}\.(png|webp)$/u)
      }
      expect(yield* GeneratedImage.save(png, `${at}/${given[0]}`)).toBe(paths[0])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("saving", () => {
  it.scoped("takes another temporary name where one is taken, and leaves that file alone", () => {
    const tries: Array<string> = []
    const removed: Array<string> = []
    const fs = FileSystem.layerNoop({
      writeFile: (path) => {
        tries.push(path)
        return tries.length < 3 ? Effect.fail(alreadyThere(path)) : Effect.void
      },
      rename: () => Effect.void,
      remove: (path) => Effect.sync(() => void removed.push(path))
    })
    return Effect.gen(function* () {
      expect(yield* GeneratedImage.save(image, "a")).toBe("a.svg")
      expect(new Set(tries).size).toBe(3)
      expect(removed).toEqual([])
    }).pipe(Effect.provide(Layer.provideMerge(fs, NodeContext.layer)))
  })

  it.scoped("leaves nothing half-written where the disk is full", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const real = yield* FileSystem.FileSystem
      const made = yield* Ref.make("")
      const full = FileSystem.FileSystem.of({
        ...real,
        writeFile: (path, bytes, options) =>
          Ref.set(made, path).pipe(
            Effect.zipRight(real.writeFile(path, bytes.subarray(0, 4), options)),
            Effect.zipRight(Effect.fail(noSpace(path)))
          )
      })
      const failure = yield* Effect.flip(
        Effect.provideService(GeneratedImage.save(png, `${at}/panda.png`), FileSystem.FileSystem, full)
      )
      expect(String(failure)).toContain("ENOSPC")
      expect(yield* Ref.get(made)).not.toBe("")
      expect(yield* real.readDirectory(at)).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

const alreadyThere = (path: string) => fileFailure("AlreadyExists", "EEXIST", path)
const noSpace = (path: string) => fileFailure("Unknown", "ENOSPC", path)
