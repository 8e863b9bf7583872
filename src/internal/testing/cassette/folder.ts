/** The folder of a cassette: a file of JSON for each recording, and its pictures beside it. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { show } from "../../../Issue.js"
import { encodeBase64 } from "../../decoding/base64.js"
import { sha256 } from "../../image/sha256.js"
import { whereThere } from "../../image/whereThere.js"
import { writeWhole } from "../../image/writeWhole.js"
import { fromLatin1 } from "./bytes.js"
import { decode, filesIn, type PictureFile } from "./chunks.js"
import type { Recorded } from "./difference.js"
import { format, parse, type Recording } from "./recording.js"
import { Unusable } from "./unusable.js"

/** A recording, with the bytes of its body. */
export interface Playable {
  readonly recording: Recording
  /** For each of its chunks. */
  readonly bytes: ReadonlyArray<Uint8Array>
}

export interface Folder {
  /** None where there is no recording of this name. */
  readonly read: (name: string) => Effect.Effect<Option.Option<Playable>, Unusable>
  /** Pictures by the names of their files. What a recording of this name had before is replaced. */
  readonly write: (
    name: string,
    recording: Recording,
    pictures: ReadonlyMap<string, Uint8Array>
  ) => Effect.Effect<void, Unusable>
  /** The requests of all recordings that can be read. */
  readonly requests: Effect.Effect<ReadonlyArray<Recorded>, Unusable>
}

/** A plain name. It cannot leave the folder. */
const isPlain = (name: string): boolean => /^[a-z0-9][a-z0-9._-]*$/.test(name)

const chunksOf = ({ response }: Recording) => response?.chunks ?? []

const fileNames = (recording: Recording): ReadonlyArray<string> =>
  chunksOf(recording).flatMap((chunk) => filesIn(chunk).map(({ picture }) => picture))

export const makeFolder = (folder: string): Effect.Effect<Folder, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const at = (name: string) => paths.join(folder, name)
    const failWith = (message: string) => Effect.fail(new Unusable({ message }))
    const readable = <A>(use: Effect.Effect<A, PlatformError>) =>
      Effect.mapError(use, ({ message }) => new Unusable({ message }))

    const readRecording = (file: string) =>
      Effect.gen(function* () {
        const bytes = yield* readable(whereThere(fs.readFile(at(file))))
        if (Option.isNone(bytes)) return Option.none<Recording>()
        const recording = parse(new TextDecoder().decode(bytes.value))
        return Either.isRight(recording)
          ? Option.some(recording.right)
          : yield* failWith(`${at(file)} ${recording.left}`)
      })

    const readPicture = (owner: string, { picture, sha256: expected }: PictureFile) =>
      Effect.gen(function* () {
        if (!isPlain(picture))
          return yield* failWith(`${at(owner)} names a picture outside of the folder: ${show(picture)}`)
        const bytes = yield* readable(whereThere(fs.readFile(at(picture))))
        if (Option.isNone(bytes)) return yield* failWith(`${at(picture)} is missing; ${owner} needs it`)
        return (yield* sha256(bytes.value)) === expected
          ? ([picture, encodeBase64(bytes.value)] as const)
          : yield* failWith(`${at(picture)} is not the picture that was recorded: it was changed`)
      })

    const read: Folder["read"] = (name) =>
      Effect.gen(function* () {
        const file = `${name}.json`
        const found = yield* readRecording(file)
        if (Option.isNone(found)) return Option.none()
        const recording = found.value
        const chunks = chunksOf(recording)
        const files = chunks.flatMap(filesIn)
        const pictures = new Map(yield* Effect.forEach(files, (each) => readPicture(file, each)))
        const base64Of = ({ picture }: PictureFile) => pictures.get(picture) ?? ""
        return Option.some({ recording, bytes: chunks.map((chunk) => fromLatin1(decode(chunk, base64Of))) })
      })

    /** The pictures come first, so that no recording names one that is not there. */
    const write: Folder["write"] = (name, recording, pictures) =>
      Effect.gen(function* () {
        const file = `${name}.json`
        yield* readable(fs.makeDirectory(folder, { recursive: true }))
        const before = yield* Effect.orElseSucceed(readRecording(file), Option.none<Recording>)
        yield* Effect.forEach(pictures, ([picture, bytes]) => readable(writeWhole(fs, at(picture), bytes)))
        yield* readable(writeWhole(fs, at(file), new TextEncoder().encode(format(recording))))
        const stale = Option.match(before, { onNone: () => [], onSome: fileNames }).filter(
          (picture) => isPlain(picture) && picture.startsWith(`${name}-`) && !pictures.has(picture)
        )
        yield* Effect.forEach(stale, (picture) => readable(fs.remove(at(picture), { force: true })), { discard: true })
      })

    const requests: Folder["requests"] = Effect.gen(function* () {
      const names = yield* readable(whereThere(fs.readDirectory(folder)))
      const files = Option.getOrElse(names, () => [])
        .filter((name) => isPlain(name) && name.endsWith(".json"))
        .sort()
      const all = yield* Effect.forEach(files, (name) =>
        Effect.map(
          readRecording(name),
          Option.map(({ request }): Recorded => ({ name, request }))
        ).pipe(Effect.orElseSucceed(Option.none<Recorded>))
      )
      return all.flatMap(Option.toArray)
    })

    return { read, write, requests }
  })
