import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Reference from "../../src/options/Reference.js"

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** A file with these bytes, and what becomes of it. */
const readFile = (bytes: Uint8Array) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = yield* fs.makeTempFileScoped()
    yield* fs.writeFile(file, bytes)
    return yield* Effect.either(Reference.read(file))
  })

describe("a reference", () => {
  layer(NodeContext.layer)((it) => {
    it.scoped("that is a picture is sent within the request", () =>
      Effect.map(readFile(png), (read) =>
        expect(read).toMatchObject({ right: { imageUrl: { url: "data:image/png;base64,iVBORw0KGgo=" } } })
      )
    )

    it.scoped.each([
      ["is empty", new Uint8Array(), "is empty"],
      ["is no picture", new TextEncoder().encode("hello"), "is not a picture"],
      ["is a picture's beginning", png.subarray(0, 4), "is not a picture"]
    ] as const)("whose file %s is refused", ([, bytes, problem]) =>
      Effect.map(readFile(bytes), (read) =>
        expect(read).toMatchObject({ left: { _tag: "FileError", problem: expect.stringContaining(problem) } })
      )
    )

    it.scoped(
      "that is larger than a request may be is refused by its size, unread, and so are several that are together",
      () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const unread = { ...fs, readFile: () => Effect.dieMessage("it is read") }
          const refusalOf = (sizes: ReadonlyArray<number>) =>
            Effect.gen(function* () {
              const files = yield* Effect.forEach(sizes, (mebibytes) =>
                Effect.tap(fs.makeTempFileScoped(), (file) => fs.truncate(file, mebibytes * 1024 * 1024))
              )
              const read = Effect.provideService(Reference.readAll(files), FileSystem.FileSystem, unread)
              return (yield* Effect.flip(read)).problem
            })
          expect(yield* refusalOf([410])).toMatch(
            / is too large: .* has 410 MiB, .* a request may have 256 MiB of JSON/
          )
          expect(yield* refusalOf([75, 75, 75, 75, 75, 75])).toMatch(
            /^The 6 reference files have \S+ MB; the limit is \S+ MB\.$/
          )
        })
    )

    it.effect.each(["https://x/y.png", "data:image/png;base64,AA", "FILE:///etc/passwd", "ftp://x/y", "s3://x"])(
      "such as %s goes to the library as a URL, which refuses what no provider can open",
      (url) => Effect.map(Reference.read(url), (read) => expect(read.imageUrl.url).toBe(url))
    )

    it.effect.each(["C:\\pictures\\a.png", "./a:b.png", "a.png", "1:a"])("such as %s is a file", (path) =>
      Effect.map(Effect.flip(Reference.read(path)), (error) => expect(error.problem).toContain("cannot be read"))
    )
  })
})
