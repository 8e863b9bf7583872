import { randomBytes } from "node:crypto"
import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { GeneratedImage } from "effect-openrouter-images"
import sharp from "sharp"
import * as Reference from "../../src/options/Reference.js"
import { heard } from "../support/emulated.js"

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

    it.scoped("that has more than 20 MB is made smaller, upright, and that is said", () =>
      Effect.gen(function* () {
        const raw = { width: 3000, height: 2400, channels: 3 } as const
        const noise = randomBytes(raw.width * raw.height * raw.channels)
        const large = yield* Effect.promise(() =>
          sharp(noise, { raw }).withMetadata({ orientation: 6 }).png({ compressionLevel: 0 }).toBuffer()
        )
        const { exit, stderr } = yield* heard(readFile(large))
        const { url } = (yield* yield* exit).imageUrl
        const bytes = Buffer.from(url.slice(url.indexOf(",") + 1), "base64")
        expect(bytes.length).toBeLessThanOrEqual(20_000_000)
        expect(GeneratedImage.make(bytes)).toMatchObject({
          mediaType: "image/jpeg",
          dimensions: { width: 2400, height: 3000 }
        })
        expect(stderr).toMatch(/^reference {3}\S+ is sent with \S+ MB in place of 21\.6 MB$/)
      })
    )

    it.scoped("that has more than 20 MB and transparent pixels keeps them", () =>
      Effect.gen(function* () {
        const raw = { width: 2400, height: 2400, channels: 4 } as const
        const noise = randomBytes(raw.width * raw.height * raw.channels)
        const large = yield* Effect.promise(() => sharp(noise, { raw }).png({ compressionLevel: 0 }).toBuffer())
        const { exit } = yield* heard(readFile(large))
        const { url } = (yield* yield* exit).imageUrl
        const image = GeneratedImage.make(Buffer.from(url.slice(url.indexOf(",") + 1), "base64"))
        expect(image.mediaType).toBe("image/webp")
        expect(GeneratedImage.deviation(image, { background: "transparent" })).toBeUndefined()
      })
    )

    it.scoped("that has more than 20 MB and is no picture is refused", () =>
      Effect.gen(function* () {
        const { exit } = yield* heard(readFile(new Uint8Array(20_000_001)))
        expect(yield* exit).toMatchObject({
          left: { _tag: "FileError", problem: expect.stringMatching(/has 19\.1 MiB, .* could not be resized: /) }
        })
      })
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
          expect(yield* refusalOf(Array.from({ length: 11 }, () => 75))).toBe(
            "The 11 references would have 220.0 MB; the limit is 201.3 MB."
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
