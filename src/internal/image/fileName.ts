/** Names that a file system takes. */
import * as Effect from "effect/Effect"
import { sha256 } from "./sha256.js"

/** What Linux, macOS and Windows all take, counted as UTF-8. */
const longestName = 255

/** How a sidecar's name ends. */
const sidecarEnding = ".xmp"

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** How many bytes a name has. */
export const byteLength = (name: string): number => utf8(name).length

/** A path as what leads to its last name, separator included, and that name. */
export const splitPath = (path: string): readonly [folder: string, name: string] => {
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1
  return [path.slice(0, at), path.slice(at)]
}

/** The beginning of a text, in whole characters. */
const takeBytes = (text: string, bytes: number): string => {
  let room = bytes
  let start = ""
  for (const char of text) {
    room -= byteLength(char)
    if (room < 0) break
    start += char
  }
  return start
}

/**
 * The path itself, or one whose name is short enough for its folder. A part of the whole name's hash keeps apart names that begin alike, for
 * one of them would replace the other.
 */
export const fitPath = (path: string): Effect.Effect<string> => {
  const [folder, name] = splitPath(path)
  if (byteLength(name) <= longestName) return Effect.succeed(path)
  const ending = /\.\w{1,8}$/.exec(name)?.[0] ?? ""
  return Effect.map(sha256(utf8(name)), (hash) => {
    const end = `~${hash.slice(0, 12)}${ending}`
    return folder + takeBytes(name, longestName - sidecarEnding.length - end.length) + end
  })
}

/** Where the sidecar of a picture is: `panda.png.xmp`. */
export const sidecarPath = (path: string): Effect.Effect<string> => fitPath(path + sidecarEnding)

/** Extensions that say of a file that it is a picture. What follows a dot otherwise, as in `krea-2.v1`, is a part of the name. */
const extensions = new Set("png apng jpg jpeg jpe jfif webp svg gif avif bmp tif tiff ico heic heif jxl".split(" "))

/** Whether an extension is one of a picture, in capitals or not. */
export const isPictureExtension = (extension: string): boolean => extensions.has(extension.toLowerCase())
