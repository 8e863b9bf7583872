/**
 * Bytes as a text with one character for each byte (Latin-1). Places in such a text are places in the bytes, and it can
 * hold a body that is cut within a character.
 */
import * as Option from "effect/Option"
import { ascii } from "../../image/sniff.js"

const step = 8192

export const toLatin1 = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += step) text += ascii(bytes, at, at + step)
  return text
}

export const fromLatin1 = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** The text that is written in these bytes. None where they are no UTF-8. */
export const utf8In = Option.liftThrowable((latin1: string): string => decoder.decode(fromLatin1(latin1)))

/** The bytes of a text in UTF-8. */
export const utf8Of = (text: string): string => toLatin1(new TextEncoder().encode(text))
