import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { GeneratedImage, ImageResizer, InputReference } from "effect-openrouter-images"

/** A GIF's header alone, with so many bytes behind it. */
const pictureOf = (width: number, height: number, more = 0): Uint8Array =>
  new Uint8Array([...new TextEncoder().encode("GIF89a"), width, 0, height, 0, ...new Uint8Array(more)])

const small = pictureOf(8, 8)

const withFile = <A, E, R>(bytes: Uint8Array, use: (path: string) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* fs.makeTempFileScoped()
    yield* fs.writeFile(path, bytes)
    return yield* use(path)
  })

/** A resizer that answers with these bytes, and what it was asked. */
const answering = (bytes: Uint8Array) => {
  const asked: Array<ImageResizer.Limits> = []
  const resizer = Layer.succeed(ImageResizer.ImageResizer, {
    resize: (_, limits) =>
      Effect.sync(() => {
        asked.push(limits)
        return bytes
      })
  })
  return { asked, resizer }
}

const messageOf = (bytes: Uint8Array, options: InputReference.FileOptions, resizer: Layer.Layer<never> = Layer.empty) =>
  withFile(bytes, (path) =>
    Effect.map(Effect.flip(Effect.provide(InputReference.fromFile(path, options), resizer)), (error) => {
      expect(error).toMatchObject({ _tag: "InvalidRequestError", billing: "notBilled" })
      return error.message.replace(path, "panda.gif")
    })
  )

describe("a reference with a limit", () => {
  layer(NodeContext.layer)((it) => {
    it.scoped("is sent as it is where it is within it, and needs no resizer", () =>
      withFile(small, (path) =>
        Effect.gen(function* () {
          const { asked, resizer } = answering(new Uint8Array())
          const asItIs = InputReference.fromBytes(small)
          expect(yield* InputReference.fromFile(path, { maxBytes: small.length, maxSide: 8 })).toEqual(asItIs)
          const fits = InputReference.fromFile(path, { maxBytes: small.length, maxSide: 8 })
          expect(yield* Effect.provide(fits, resizer)).toEqual(asItIs)
          expect(asked).toEqual([])
        })
      )
    )

    it.scoped("goes through the resizer where it exceeds it", () =>
      withFile(pictureOf(9, 8, 50), (path) =>
        Effect.gen(function* () {
          const { asked, resizer } = answering(small)
          for (const limits of [{ maxSide: 8 }, { maxBytes: 20 }]) {
            const reference = yield* Effect.provide(InputReference.fromFile(path, limits), resizer)
            expect(reference).toEqual(InputReference.fromBytes(small))
          }
          expect(asked).toMatchObject([{ maxSide: 8 }, { maxBytes: 20 }])
        })
      )
    )

    it.scoped("that it exceeds without a resizer is an error that says what to provide", () =>
      Effect.gen(function* () {
        const provide = "provide an ImageResizer, or a smaller picture"
        expect(yield* messageOf(pictureOf(9, 8), { maxSide: 8 })).toContain(
          `inputReferences: "panda.gif" has 9x8 pixels, more than maxSide allows (8): ${provide}`
        )
        expect(yield* messageOf(pictureOf(9, 8, 50), { maxBytes: 20 })).toContain(
          `inputReferences: "panda.gif" has 60 bytes, more than maxBytes allows (20 bytes): ${provide}`
        )
      })
    )

    it.scoped("of bytes refuses a file unread", () =>
      withFile(pictureOf(9, 8, 50), (path) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const unread = { ...fs, readFile: () => Effect.dieMessage("it is read") }
          const error = yield* InputReference.fromFile(path, { maxBytes: 20 }).pipe(
            Effect.provideService(FileSystem.FileSystem, unread),
            Effect.flip
          )
          expect(error._tag).toBe("InvalidRequestError")
        })
      )
    )

    it.scoped("says where a resizer has failed, or has not made it small enough", () =>
      Effect.gen(function* () {
        const failing = Layer.succeed(ImageResizer.ImageResizer, {
          resize: () => Effect.fail(new ImageResizer.ImageResizeError({ message: "unknown format" }))
        })
        expect(yield* messageOf(pictureOf(9, 8), { maxSide: 8 }, failing)).toContain(
          "more than maxSide allows (8), and could not be resized: unknown format"
        )
        const { resizer } = answering(pictureOf(12, 4))
        expect(yield* messageOf(pictureOf(90, 8), { maxSide: 8 }, resizer)).toContain(
          '"panda.gif" is still too large when resized: has 12x4 pixels, more than maxSide allows (8)'
        )
      })
    )

    it.scoped("that is no positive integer is named", () =>
      Effect.gen(function* () {
        expect(yield* messageOf(small, { maxBytes: 0 })).toContain("maxBytes: must be a positive integer, got 0")
        expect(yield* messageOf(small, { maxSide: 1.5 })).toContain("maxSide: must be a positive integer, got 1.5")
      })
    )

    it.scoped("of pixels does not count for an SVG, nor where the size cannot be told", () =>
      Effect.forEach(['<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="9000"/>', "no picture"], (text) =>
        withFile(new TextEncoder().encode(text), (path) =>
          Effect.map(InputReference.fromFile(path, { maxSide: 8 }), ({ imageUrl }) =>
            expect(imageUrl.url).toBe(GeneratedImage.toDataUrl(GeneratedImage.make(new TextEncoder().encode(text))))
          )
        )
      )
    )
  })
})
