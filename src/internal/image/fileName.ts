/** Names that a file system accepts. */
import * as Effect from "effect/Effect"
import { sha256 } from "./sha256.js"

/** The longest name that Linux, macOS and Windows all accept, in bytes of UTF-8. */
const longestName = 255

/** The ending of a sidecar's name. */
const sidecarEnding = ".xmp"

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The length of a name in bytes. */
export const byteLength = (name: string): number => utf8(name).length

/** Splits a path before its last name. The separator stays with the folder. */
export const splitPath = (path: string): readonly [folder: string, name: string] => {
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1
  return [path.slice(0, at), path.slice(at)]
}

/** The start of a text, in whole characters. */
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
 * The path itself, or one whose name is short enough for its folder. Part of the whole name's hash keeps apart long
 * names that begin alike; otherwise one file would replace the other.
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

/** The path of a picture's sidecar: `panda.png.xmp`. */
export const sidecarPath = (path: string): Effect.Effect<string> => fitPath(path + sidecarEnding)

/** Extensions of picture files. Anything else after a dot, as in `krea-2.v1`, is part of the name. */
const extensions = new Set("png apng jpg jpeg jpe jfif webp svg gif avif bmp tif tiff ico heic heif jxl".split(" "))

/** Whether an extension belongs to a picture, in upper or lower case. */
export const isPictureExtension = (extension: string): boolean => extensions.has(extension.toLowerCase())
