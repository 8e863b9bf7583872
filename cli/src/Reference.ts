/** Pictures to work from: a file is looked at before anything is sent, for a provider may draw, and bill, without it. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { GeneratedImage, InputReference } from "effect-openrouter-images"
import { FileError, systemWords } from "./Failure.js"

/** `https:`, `data:`, `file:`, `ftp:` and the like; one letter is the drive of a path in Windows. */
const isUrl = (fileOrUrl: string): boolean => /^[a-z][a-z0-9+.-]+:/i.test(fileOrUrl)

const refused = (file: string, problem: string): FileError =>
  new FileError({
    problem: `The reference ${file} ${problem}.`,
    cost: "Nothing was billed.",
    advice: "Give a file that holds a picture, or an http(s) URL; nothing was sent."
  })

const known = "PNG, JPEG, WebP, GIF, AVIF, HEIC, BMP, TIFF, ICO or SVG"

const fromBytes = (file: string, bytes: Uint8Array): Effect.Effect<InputReference.InputReference, FileError> => {
  if (bytes.length === 0) return Effect.fail(refused(file, "is empty"))
  const image = GeneratedImage.make(bytes)
  return image.mediaType.startsWith("image/")
    ? Effect.succeed(InputReference.fromImage(image))
    : Effect.fail(refused(file, `is no picture: its bytes are none of ${known}`))
}

/** The reference as it is sent. A URL goes to the library as it is, which refuses the ones that no provider can open. */
export const read = (
  fileOrUrl: string
): Effect.Effect<InputReference.InputReference, FileError, FileSystem.FileSystem> =>
  isUrl(fileOrUrl)
    ? Effect.succeed(InputReference.fromUrl(fileOrUrl))
    : FileSystem.FileSystem.pipe(
        Effect.flatMap((fs) => fs.readFile(fileOrUrl)),
        Effect.mapError((error) => refused(fileOrUrl, `cannot be read: ${systemWords(error)}`)),
        Effect.flatMap((bytes) => fromBytes(fileOrUrl, bytes))
      )
