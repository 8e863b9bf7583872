/** Saves pictures as files: never over another file, and elsewhere if the folder cannot be written. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Errors, GeneratedImage, Provenance } from "effect-openrouter-images"
import { FileError, systemMessage } from "../failure/Failure.js"
import { candidate } from "./FileName.js"
import * as SmallFiles from "./SmallFiles.js"

/** Where the files of a generation go, and how their names begin. */
export interface Place {
  readonly folder: string
  readonly stem: string
  /** What is written into the pictures, or beside them; without it their bytes stay as they came. */
  readonly provenance?: Provenance.Provenance | undefined
}

type Files = FileSystem.FileSystem | Path.Path

/** Makes the folder, before anything is paid for. */
export const prepare = (folder: string): Effect.Effect<void, FileError, FileSystem.FileSystem> =>
  FileSystem.FileSystem.pipe(
    Effect.flatMap((fs) =>
      Effect.zipRight(fs.makeDirectory(folder, { recursive: true }), fs.access(folder, { writable: true }))
    ),
    Effect.mapError(
      (error) =>
        new FileError({
          problem: `The folder ${folder} cannot be written: ${systemMessage(error)}.`,
          cost: "Nothing was billed.",
          advice: "Choose another folder with --out; nothing was sent."
        })
    )
  )

const isTaken = (error: PlatformError): boolean => error._tag === "SystemError" && error.reason === "AlreadyExists"

/** Reserves the first free name by creating the file, so that no other run can take it. */
const reserve = (
  nameOf: (attempt: number) => string,
  attempt = 0
): Effect.Effect<string, PlatformError, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.writeFile(nameOf(attempt), new Uint8Array(), { flag: "wx" }).pipe(
      Effect.as(nameOf(attempt)),
      Effect.catchIf(isTaken, () => reserve(nameOf, attempt + 1))
    )
  )

/** Writes to the first free name, and gives the path that was written; an unused name is freed. */
const writeNew = <E>(
  nameOf: (attempt: number) => string,
  write: (path: string) => Effect.Effect<string, E, Files>
): Effect.Effect<string, E | PlatformError, Files> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* reserve(nameOf)
    const free = Effect.ignore(fs.remove(path))
    const written = yield* Effect.onError(write(path), () => free)
    if (written !== path) yield* free
    return written
  })

/** Tries the given folder, then the current one, then a temporary one. */
const trySomewhere = (
  folder: string,
  write: (folder: string) => Effect.Effect<string, PlatformError, Files>
): Effect.Effect<readonly [path: string, displaced?: PlatformError], PlatformError, Files> =>
  Effect.catchAll(
    Effect.map(write(folder), (path) => [path] as const),
    (first) =>
      FileSystem.FileSystem.pipe(
        Effect.flatMap((fs) =>
          Effect.orElse(write("."), () => Effect.flatMap(fs.makeTempDirectory({ prefix: "openrouter-images-" }), write))
        ),
        Effect.map((path) => [path, first] as const),
        Effect.mapError(() => first)
      )
  )

/** Saves one picture of several; the error is about all three folders. */
const save = (image: GeneratedImage.GeneratedImage, index: number, count: number, place: Place) =>
  Effect.flatMap(Path.Path, (paths) =>
    trySomewhere(place.folder, (folder) =>
      writeNew(
        (attempt) => paths.join(folder, `${candidate(place.stem, index, count, attempt)}.${image.extension}`),
        (path) => GeneratedImage.save(image, path, { provenance: place.provenance })
      )
    )
  )

const lossOf = (index: number, error: PlatformError): string =>
  `Picture ${index + 1} could not be saved anywhere: ${systemMessage(error)}.`

/** What became of a picture: where it is, and what went wrong. */
export interface Saved {
  readonly path?: string
  readonly problem?: string
  /** Where its provenance is, if the picture itself should carry it and cannot. */
  readonly provenance?: "beside" | "nowhere"
}

/** Where the provenance of a saved picture is, unless it is within. */
const findProvenance = (image: GeneratedImage.GeneratedImage, path: string, { provenance }: Place) =>
  Effect.gen(function* () {
    if (provenance === undefined || Provenance.write(image, provenance) !== image) return {}
    const found = yield* Effect.orElseSucceed(Provenance.readFile(path), Option.none)
    return { provenance: Option.isSome(found) ? ("beside" as const) : ("nowhere" as const) }
  })

/** Saves a picture of several. */
export const picture = (
  image: GeneratedImage.GeneratedImage,
  index: number,
  count: number,
  place: Place
): Effect.Effect<Saved, never, Files> =>
  Effect.matchEffect(save(image, index, count, place), {
    onFailure: (error) => Effect.succeed({ problem: lossOf(index, error) }),
    onSuccess: ([path, displaced]) =>
      Effect.map(findProvenance(image, path, place), (where) =>
        displaced === undefined
          ? { path, ...where }
          : {
              path,
              problem: `${path} was saved there because ${place.folder} cannot be written: ${systemMessage(displaced)}.`,
              ...where
            }
      )
  })

/** The files of a folder that are sidecars of pictures, and not pictures. */
export const sidecarsIn = (folder: string): Effect.Effect<ReadonlySet<string>, PlatformError, Files> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.map(fs.readDirectory(folder), (names) => new Set(names.filter((name) => name.endsWith(".xmp"))))
  )

/**
 * Writes the usual picture at once: one that carries its provenance, or has none, and whose name is free. Says whether it
 * did.
 */
const writeUsual = (image: GeneratedImage.GeneratedImage, path: string, { provenance }: Place): boolean => {
  const carrier = provenance === undefined ? image : Provenance.write(image, provenance)
  return (provenance === undefined || carrier !== image) && SmallFiles.writeNew(path, carrier.bytes)
}

/** Saves the pictures of one of many generations, in their order, into a folder that has these sidecars. */
export const picturesOfMany = (
  images: ReadonlyArray<GeneratedImage.GeneratedImage>,
  place: Place,
  sidecars: ReadonlySet<string>
): Effect.Effect<ReadonlyArray<Saved>, never, Files> =>
  Effect.flatMap(Path.Path, (paths) =>
    Effect.forEach(images, (image, index): Effect.Effect<Saved, never, Files> => {
      const name = `${candidate(place.stem, index, images.length, 0)}.${image.extension}`
      const path = paths.join(place.folder, name)
      return !sidecars.has(`${name}.xmp`) && writeUsual(image, path, place)
        ? Effect.succeed({ path })
        : picture(image, index, images.length, place)
    })
  )

/** Saves the pictures, in their order. */
export const pictures = (
  images: ReadonlyArray<GeneratedImage.GeneratedImage>,
  place: Place
): Effect.Effect<ReadonlyArray<Saved>, never, Files> =>
  Effect.forEach(images, (image, index) => picture(image, index, images.length, place))

/** What a failed generation leaves behind: pictures that arrived whole. */
export const imagesOf = (error: Errors.GenerateStreamError): ReadonlyArray<GeneratedImage.GeneratedImage> =>
  "images" in error ? error.images : []

/** The generation that failed, where its id is known. */
export const generationOf = (error: Errors.GenerateStreamError): string | undefined =>
  "generationId" in error ? error.generationId : undefined

/** The text of an answer that was paid for and cannot be read, where there is any. */
export const answerOf = (error: Errors.GenerateStreamError): string | undefined =>
  error._tag === "ResponseValidationError" && error.rawBody.trim() !== "" ? error.rawBody : undefined

/** Saves such a text. */
export const answer = (text: string, place: Place): Effect.Effect<Saved, never, Files> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const [path] = yield* trySomewhere(place.folder, (folder) =>
      writeNew(
        (attempt) => paths.join(folder, `${candidate(`${place.stem}-answer`, 0, 1, attempt)}.txt`),
        (path) => Effect.as(fs.writeFileString(path, text), path)
      )
    )
    return { path }
  }).pipe(Effect.catchAll((error) => Effect.succeed({ problem: `could not be saved: ${systemMessage(error)}` })))
