import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import { ImageStore } from "effect-openrouter-images-jobs"

const svg = GeneratedImage.make(
  new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg' width='8' height='4'/>")
)

describe("a folder of pictures", () => {
  it.scoped("keeps a picture under its content's name, and gives it back", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const paths = yield* Path.Path
      const folder = paths.join(yield* fs.makeTempDirectoryScoped(), "not", "yet", "there")
      yield* Effect.gen(function* () {
        const store = yield* ImageStore.ImageStore
        const stored = yield* store.put(svg)
        const sha256 = yield* GeneratedImage.sha256(svg)
        expect(stored).toEqual({
          reference: `${sha256.slice(0, 2)}/${sha256}.svg`,
          sha256,
          mediaType: "image/svg+xml",
          byteLength: svg.bytes.byteLength,
          dimensions: { width: 8, height: 4 }
        })
        expect(yield* store.put(svg)).toEqual(stored)
        const read = yield* store.get(stored)
        expect(Buffer.from(svg.bytes).equals(read.bytes)).toBe(true)
        expect(read.mediaType).toBe(svg.mediaType)
        expect(yield* fs.readDirectory(paths.join(folder, sha256.slice(0, 2)))).toEqual([`${sha256}.svg`])
      }).pipe(Effect.provide(ImageStore.layerFolder(folder)))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("fails for a file that is not the picture that was put", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const paths = yield* Path.Path
      const folder = yield* fs.makeTempDirectoryScoped()
      yield* Effect.gen(function* () {
        const store = yield* ImageStore.ImageStore
        const stored = yield* store.put(svg)
        yield* fs.writeFileString(paths.join(folder, stored.reference), "another")
        const error = yield* Effect.flip(store.get(stored))
        expect(error.message).toBe(
          `the image store could not get: ${stored.reference} is damaged: its 7 bytes are not those that were put (${svg.bytes.byteLength} bytes)`
        )
      }).pipe(Effect.provide(ImageStore.layerFolder(folder)))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("says what it could not do", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      yield* Effect.gen(function* () {
        const store = yield* ImageStore.ImageStore
        const stored = yield* store.put(svg)
        yield* fs.remove(folder, { recursive: true })
        yield* fs.writeFileString(folder, "a file where the folder was")
        const read = yield* Effect.flip(store.get(stored))
        expect(read).toMatchObject({ _tag: "ImageStoreError", method: "get" })
        expect(yield* Effect.flip(store.put(svg))).toMatchObject({ _tag: "ImageStoreError", method: "put" })
      }).pipe(Effect.provide(ImageStore.layerFolder(folder)))
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
