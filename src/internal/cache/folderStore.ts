/** A KeyValueStore that keeps its values as files that you can look at. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { whereThere } from "../image/whereThere.js"
import { isUnfinished, writeWhole } from "../image/writeWhole.js"
import { makeStore } from "../store/keyValue.js"

/** The folders in it. Anything beside them belongs to someone else. */
const kinds = ["generations", "pictures"] as const

/**
 * A folder and a plain name: it cannot leave the folder, names no hidden file, and contains nothing that a file system
 * interprets.
 */
const isKey = (key: string): boolean => /^(generations|pictures)\/[a-z0-9][a-z0-9._-]*$/.test(key)

const problemOf = (key: string): string | undefined =>
  isKey(key)
    ? undefined
    : `a key must be "generations/" or "pictures/" and a plain name, got ${JSON.stringify(key.slice(0, 100))}`

const make = (
  folder: string
): Effect.Effect<KeyValueStore.KeyValueStore, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const folders = kinds.map((kind) => paths.join(folder, kind))
    // Runs before each write too, so that you may empty the folder while a program runs.
    const prepare = Effect.forEach(folders, (each) => fs.makeDirectory(each, { recursive: true }), { discard: true })
    const at = (key: string) => paths.join(folder, key)
    const names = (kind: string) =>
      Effect.map(whereThere(fs.readDirectory(at(kind))), (found) =>
        Option.getOrElse(found, (): ReadonlyArray<string> => [])
          .filter((name) => !isUnfinished(name))
          .map((name) => `${kind}/${name}`)
      )
    yield* prepare
    return makeStore({
      problemOf,
      read: (key) => whereThere(fs.readFile(at(key))),
      write: (key, bytes) => Effect.zipRight(prepare, writeWhole(fs, at(key), bytes)),
      remove: (key) => fs.remove(at(key), { force: true }),
      clear: Effect.forEach(folders, (each) => fs.remove(each, { recursive: true, force: true }), { discard: true }),
      keys: Effect.map(Effect.forEach(kinds, names), (all) => all.flat())
    })
  })

export const layerFolder = (
  folder: string
): Layer.Layer<KeyValueStore.KeyValueStore, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(KeyValueStore.KeyValueStore, make(folder))
