/**
 * The marks of requests in flight: a file for each in the folder of the batch, from just before it is sent until its
 * result is written, or until the attempt has failed at no cost. It holds the id of the generation as soon as that is
 * known, so that even a run that is killed leaves it.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { RequestLine } from "./Requests.js"

/** What is known of a request in flight. */
export interface Mark {
  readonly generation?: string
}

export interface Marks {
  /** What an earlier run sent and did not finish, by the keys of the requests. */
  readonly pending: ReadonlyMap<string, Mark>
  /** Marks a request before each attempt, which is a generation of its own: an id of the last one is forgotten. */
  readonly begin: (job: RequestLine) => Effect.Effect<void, PlatformError>
  readonly identify: (job: RequestLine, generationId: string) => Effect.Effect<void>
  readonly find: (job: RequestLine) => Effect.Effect<Option.Option<Mark>>
  readonly end: (job: RequestLine) => Effect.Effect<void>
}

/** The name of a mark, before the key. */
const prefix = ".sent-"

const toMark = (content: string): Mark => (content.trim() === "" ? {} : { generation: content.trim() })

/** A mark that cannot be read is one all the same. */
const unreadable = (error: PlatformError): Option.Option<Mark> =>
  error._tag === "SystemError" && error.reason === "NotFound" ? Option.none() : Option.some({})

/** The marks in a folder. */
export const open = (folder: string): Effect.Effect<Marks, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const fileOf = (key: string): string => paths.join(folder, prefix + key)
    const read = (key: string) =>
      Effect.match(fs.readFileString(fileOf(key)), {
        onFailure: unreadable,
        onSuccess: (content) => Option.some(toMark(content))
      })
    const names = yield* fs.readDirectory(folder)
    const keys = names.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []))
    const pending = yield* Effect.forEach(keys, (key) =>
      Effect.map(read(key), (mark) => [key, Option.getOrElse(mark, (): Mark => ({}))] as const)
    )
    return {
      pending: new Map(pending),
      begin: ({ key }) => fs.writeFile(fileOf(key), new Uint8Array()),
      identify: ({ key }, generationId) => Effect.ignore(fs.writeFileString(fileOf(key), generationId)),
      find: ({ key }) => read(key),
      end: ({ key }) => Effect.ignore(fs.remove(fileOf(key)))
    }
  })
