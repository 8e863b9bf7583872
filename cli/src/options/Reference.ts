/**
 * Pictures to work from. Files are checked before anything is sent: a provider may draw, and bill, without a bad one.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { type Errors, ImageResizer, InputReference } from "effect-openrouter-images"
import { FileError, systemMessage } from "../failure/Failure.js"
import { formatBytes } from "../output/Text.js"
import * as Resizer from "./Resizer.js"

/** `https:`, `data:`, `file:`, `ftp:` and the like; one letter is the drive of a path in Windows. */
const isUrl = (fileOrUrl: string): boolean => /^[a-z][a-z0-9+.-]+:/i.test(fileOrUrl)

const refusal = (file: string, problem: string): FileError =>
  new FileError({
    problem: `The reference ${file} ${problem}.`,
    cost: "Nothing was billed.",
    advice: "Give a file that holds a picture, or an http(s) URL; nothing was sent."
  })

const known = "PNG, JPEG, WebP, GIF, AVIF, HEIC, BMP, TIFF, ICO or SVG"

/** Fails if the reference is not a picture. */
const check = (file: string, reference: InputReference.InputReference) => {
  const { url } = reference.imageUrl
  if (url.endsWith(";base64,")) return Effect.fail(refusal(file, "is empty"))
  if (url.startsWith("data:image/")) return Effect.succeed(reference)
  return Effect.fail(refusal(file, `is not a picture: its bytes are none of ${known}`))
}

const toFileError = (file: string) => (error: PlatformError | Errors.InvalidRequestError) =>
  error._tag === "InvalidRequestError"
    ? refusal(file, `is too large: ${error.issues.map(({ message }) => message).join("; ")}`)
    : refusal(file, `cannot be read: ${systemMessage(error)}`)

/** A larger picture is made smaller before it is sent. */
const maxBytes = 20_000_000

/** The reference as it is sent. The library itself refuses URLs that no provider can open. */
export const read = (
  fileOrUrl: string
): Effect.Effect<InputReference.InputReference, FileError, FileSystem.FileSystem> =>
  isUrl(fileOrUrl)
    ? Effect.succeed(InputReference.fromUrl(fileOrUrl))
    : InputReference.fromFile(fileOrUrl, { maxBytes }).pipe(
        Effect.provideService(ImageResizer.ImageResizer, Resizer.of(fileOrUrl)),
        Effect.mapError(toFileError(fileOrUrl)),
        Effect.flatMap((reference) => check(fileOrUrl, reference))
      )

/** As base64, which takes four bytes for three, they must fit into a request of 256 MiB. */
const mostTogether = 192 * 1024 * 1024

/** Fails if the files are too large together, before one is read. An unreadable file fails later, when it is read. */
const checkTogether = (files: ReadonlyArray<string>): Effect.Effect<void, FileError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const sizes = yield* Effect.forEach(files, (file) =>
      Effect.match(fs.stat(file), { onFailure: () => 0, onSuccess: ({ size }) => Math.min(Number(size), maxBytes) })
    )
    const sum = sizes.reduce((all, size) => all + size, 0)
    if (files.length < 2 || sum <= mostTogether) return
    return yield* new FileError({
      problem: `The ${files.length} references would have ${formatBytes(sum)}; the limit is ${formatBytes(mostTogether)}.`,
      cost: "Nothing was billed.",
      advice: "Give fewer or smaller pictures; nothing was sent."
    })
  })

/** The references as they are sent. */
export const readAll = (
  filesAndUrls: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<InputReference.InputReference>, FileError, FileSystem.FileSystem> =>
  Effect.zipRight(checkTogether(filesAndUrls.filter((one) => !isUrl(one))), Effect.forEach(filesAndUrls, read))
