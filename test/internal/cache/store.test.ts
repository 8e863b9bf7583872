import { FileSystem, KeyValueStore, type Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer } from "effect"
import { Cache, Images } from "effect-openrouter-images"
import type { Emulator } from "effect-openrouter-images-emulator"
import { brief, cached, type Data, keysOf, logged, panda, storeOf, twice } from "../../support/caching.js"
import { billed, emulated, requestsTo } from "../../support/emulated.js"
import { fileFailure } from "../../support/fileFailure.js"
import { brokenDisk, bytesUnder, textUnder } from "../../support/stores.js"

describe("a store in disorder", () => {
  const damages: ReadonlyArray<readonly [what: string, damage: (data: Data) => void, warning: string]> = [
    [
      "a picture has other bytes",
      (data) => damage(data, "pictures/", new Uint8Array([1])),
      "has other bytes than it had"
    ],
    ["a picture is gone", (data) => data.delete(keysOf(data, "pictures/")[0] ?? ""), "is missing"],
    ["an entry is no JSON", (data) => damage(data, "generations/", "{"), "it is not an entry"],
    ["an entry is another JSON", (data) => damage(data, "generations/", '{"created":1}'), "it is not an entry"],
    [
      "an entry names a file elsewhere",
      (data) => damage(data, "generations/", '{"created":1,"pictures":[{"sha256":"../../x","mediaType":"image/png"}]}'),
      "it is not an entry"
    ]
  ]
  const damage = (data: Data, folder: string, value: string | Uint8Array) => {
    const [place = ""] = keysOf(data, folder)
    data.set(place, value)
  }

  for (const [what, spoil, warning] of damages) {
    it.effect(`makes the picture anew where ${what}, and is in order then`, () => {
      const { data, layer } = storeOf()
      const { layer: logger, lines } = logged()
      return Effect.gen(function* () {
        const first = yield* Images.generate(panda)
        spoil(data)
        const second = yield* Images.generate(panda)
        expect(second).toMatchObject({ usage: { cost: 0.04 } })
        expect(second).not.toHaveProperty("cached")
        expect(lines).toEqual([expect.stringContaining(warning)])
        expect(lines[0]).toMatch(/^generations\/[0-9a-f]{64}\.json cannot be used/)
        const third = yield* Images.generate(panda)
        expect(brief(third)).toEqual({ cached: true, cost: 0, pictures: brief(first).pictures })
        expect(lines).toHaveLength(1)
      }).pipe(Effect.provide([cached(layer), logger]))
    })
  }

  it.effect("gives the pictures where it cannot be read or written, with a warning each", () => {
    const { layer } = storeOf(() => Effect.fail(brokenDisk))
    const { layer: logger, lines } = logged()
    return Effect.gen(function* () {
      const [first, second] = yield* twice(panda)
      expect([first.cached, second.cached]).toEqual([false, false])
      expect(first.pictures).toHaveLength(1)
      expect(yield* billed).toBeCloseTo(0.08, 9)
      expect(lines).toHaveLength(4)
      expect(lines[0]).toMatch(/cannot be used, so it is made anew: .*the disk is broken/)
      expect(lines[1]).toMatch(/could not be written, so the pictures are not kept: .*the disk is broken/)
      expect(lines.join()).not.toContain("panda")
    }).pipe(Effect.provide([cached(layer), logger]))
  })

  it.effect("gives the pictures also where it dies", () => {
    const { layer } = storeOf(() => Effect.die(new Error("no store at all")))
    const { layer: logger, lines } = logged()
    return Effect.gen(function* () {
      expect((yield* Images.generate(panda)).data).toHaveLength(1)
      expect(lines).toEqual([
        expect.stringContaining("the store broke down"),
        expect.stringContaining("the store broke down")
      ])
    }).pipe(Effect.provide([cached(layer), logger]))
  })

  it.effect("has no entry whose pictures could not be written", () => {
    const seen: Array<string> = []
    const { data, layer } = storeOf((operation, key) => {
      if (operation === "get") return Effect.void
      seen.push(key.replace(/\/.*/, ""))
      return seen.length === 2 ? Effect.fail(brokenDisk) : Effect.void
    })
    return Effect.gen(function* () {
      expect((yield* Images.generate({ ...panda, n: 2 })).data).toHaveLength(2)
      expect(seen).toEqual(["pictures", "pictures"])
      expect(keysOf(data, "generations/")).toEqual([])
      yield* Images.generate({ ...panda, n: 2 })
      expect(seen).toEqual(["pictures", "pictures", "pictures", "pictures", "generations"])
    }).pipe(Effect.provide([cached(layer), logged().layer]))
  })
})

describe("a folder", () => {
  const inFolder = <A, E>(use: (folder: string) => Effect.Effect<A, E, FileSystem.FileSystem | Path.Path>) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      return yield* use(`${yield* fs.makeTempDirectoryScoped()}/new/cache`)
    }).pipe(Effect.scoped, Effect.provide(NodeContext.layer))
  const filesIn = (folder: string) =>
    Effect.flatMap(FileSystem.FileSystem, (fs) =>
      Effect.map(fs.readDirectory(folder, { recursive: true }), (all) => [...all].sort())
    )
  const png = /^pictures\/[0-9a-f]{64}\.png$/

  it.effect("has the pictures as files that one can look at, and keeps them over restarts", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const run = <A, E>(effect: Effect.Effect<A, E, Images.Images | Emulator.Emulator>) =>
          Effect.provide(
            effect,
            Cache.layer().pipe(Layer.provide(Cache.layerFolder(folder)), Layer.provideMerge(emulated()))
          )
        const first = yield* run(Images.generate(panda))
        expect(yield* filesIn(folder)).toEqual([
          "generations",
          expect.stringMatching(/^generations\/[0-9a-f]{64}\.json$/),
          "pictures",
          expect.stringMatching(png)
        ])
        const picture = (yield* filesIn(folder)).find((file) => png.test(file))
        expect(yield* fs.readFile(`${folder}/${picture}`)).toEqual(Buffer.from(first.data[0]?.bytes ?? []))
        const [second, requests] = yield* run(Effect.zip(Images.generate(panda), requestsTo("/images")))
        expect([second.cached, requests]).toEqual([true, 0])
        expect(second.data[0]?.b64Json).toBe(first.data[0]?.b64Json)

        // It may be emptied while a program runs.
        yield* run(
          Effect.gen(function* () {
            expect((yield* Images.generate(panda)).cached).toBe(true)
            yield* fs.remove(folder, { recursive: true })
            expect((yield* Images.generate(panda)).cached).toBeUndefined()
            expect((yield* Images.generate(panda)).cached).toBe(true)
          })
        )
      })
    )
  )

  it.effect("writes a file whole or not at all", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const written: Array<string> = []
        const noSpace = fileFailure("Unknown", "ENOSPC")
        let halfway = false
        const fragile = Layer.succeed(FileSystem.FileSystem, {
          ...fs,
          writeFile: (path, bytes, options) => {
            written.push(path)
            return halfway
              ? Effect.zipRight(fs.writeFile(path, bytes.subarray(1), options), Effect.fail(noSpace))
              : fs.writeFile(path, bytes, options)
          }
        } satisfies FileSystem.FileSystem)
        yield* Effect.gen(function* () {
          const store = yield* KeyValueStore.KeyValueStore
          const set = (value: string) => store.set("pictures/a.png", value)
          yield* Effect.all(["first", "other", "third"].map(set), { concurrency: "unbounded" })
          expect(["first", "other", "third"]).toContain(yield* textUnder(store, "pictures/a.png"))
          yield* set("last")
          halfway = true
          expect(String(yield* Effect.flip(set("broken")))).toContain("ENOSPC")
          expect(yield* textUnder(store, "pictures/a.png")).toBe("last")
          halfway = false
          // A folder of that name is in the way.
          yield* fs.makeDirectory(`${folder}/pictures/b.png/full`, { recursive: true })
          expect(String(yield* Effect.flip(store.set("pictures/b.png", "x")))).toContain(`${folder}/pictures/`)
        }).pipe(Effect.provide(Layer.provide(Cache.layerFolder(folder), fragile)))
        expect(new Set(written).size).toBe(6)
        expect(written).not.toContain(`${folder}/pictures/a.png`)
        expect(yield* filesIn(folder)).toEqual([
          ...["generations", "pictures", "pictures/a.png", "pictures/b.png", "pictures/b.png/full"]
        ])
      })
    )
  )

  it.effect("is never left by a key", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const store = yield* KeyValueStore.KeyValueStore
        const keys = [
          ...["", ".", "..", "a.png", "/etc/passwd", "../a.png", "pictures/", "pictures/..", "pictures/../a.png"],
          ...["pictures/../../a.png", "pictures/a/../../../a.png", "pictures\\..\\a.png", "pictures/..\\..\\a.png"],
          ...["pictures/.hidden", "pictures/C:x", "pictures/a\0.png", "pictures/a\n", "other/a.png", "Pictures/a.png"]
        ]
        for (const key of keys) {
          const errors = yield* Effect.all([
            Effect.flip(store.get(key)),
            Effect.flip(store.getUint8Array(key)),
            Effect.flip(store.set(key, "x")),
            Effect.flip(store.remove(key))
          ])
          expect(
            errors.filter(
              ({ message }) => !message.includes('a key must be "generations/" or "pictures/" and a plain name')
            )
          ).toEqual([])
        }
        expect(yield* filesIn(folder)).toEqual(["generations", "pictures"])
      }).pipe(Effect.provide(Cache.layerFolder(folder)))
    )
  )

  it.effect("is a store as others are, and leaves alone what lies beside", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const store = yield* KeyValueStore.KeyValueStore
        const fs = yield* FileSystem.FileSystem
        yield* fs.writeFileString(`${folder}/notes.txt`, "mine")
        yield* store.set("pictures/a.png", new Uint8Array([1, 2]))
        yield* store.set("generations/a.json", "{}")
        yield* fs.writeFileString(`${folder}/pictures/c.png.1x.tmp`, "of a program that died")
        expect(yield* store.size).toBe(2)
        expect([...((yield* bytesUnder(store, "pictures/a.png")) ?? [])]).toEqual([1, 2])
        expect(yield* textUnder(store, "generations/a.json")).toBe("{}")
        expect(yield* textUnder(store, "generations/b.json")).toBeUndefined()
        expect(yield* bytesUnder(store, "pictures/b.png")).toBeUndefined()
        yield* store.remove("pictures/a.png")
        yield* store.remove("pictures/a.png")
        expect([yield* store.has("pictures/a.png"), yield* store.size]).toEqual([false, 1])
        yield* store.clear
        expect([yield* store.size, yield* store.isEmpty]).toEqual([0, true])
        yield* store.set("pictures/a.png", "again")
        expect(yield* store.size).toBe(1)
        expect(yield* fs.readFileString(`${folder}/notes.txt`)).toBe("mine")
      }).pipe(Effect.provide(Cache.layerFolder(folder)))
    )
  )

  it.effect("that cannot be made is said at once", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        yield* fs.makeDirectory(folder.replace(/\/cache$/, ""), { recursive: true })
        yield* fs.writeFileString(folder, "a file")
        const exit = yield* Effect.exit(Effect.provide(KeyValueStore.KeyValueStore, Cache.layerFolder(folder)))
        expect(Exit.isFailure(exit)).toBe(true)
      })
    )
  )

  it.effect("is not the only store: KeyValueStore's own will do", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const [first, second] = yield* twice(panda)
        expect(second).toEqual({ cached: true, cost: 0, pictures: first.pictures })
      }).pipe(
        Effect.provide(
          Cache.layer().pipe(Layer.provide(KeyValueStore.layerFileSystem(folder)), Layer.provide(emulated()))
        )
      )
    )
  )
})
