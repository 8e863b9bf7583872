/** The names of the files. */
import * as DateTime from "effect/DateTime"

/** The longest part of a prompt in a file's name: recognisable, and short enough for any file system. */
const longestSlug = 40

/** Letters and digits of any script in lower case, words joined by hyphens. */
export const slug = (prompt: string): string => {
  const words = (
    prompt
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  ).map((word) => Array.from(word).slice(0, longestSlug).join(""))
  const first = words[0] ?? "picture"
  return words.slice(1).reduce(
    ({ done, text }, word) => {
      const longer = `${text}-${word}`
      return done || Array.from(longer).length > longestSlug ? { done: true, text } : { done, text: longer }
    },
    { done: false, text: first }
  ).text
}

/** The prompt and the second (UTC) at which it was asked for: `a-red-panda-20260131-235959`. */
export const stem = (prompt: string, millis: number): string => {
  const [day = "", time = ""] = DateTime.formatIso(DateTime.unsafeMake(millis)).split(/[T.]/)
  return `${slug(prompt)}-${day.replaceAll("-", "")}-${time.replaceAll(":", "")}`
}

/**
 * The names to try, in turn, for picture `index` of `count`: the first free one is taken. A single picture gets a
 * number only if its name is taken.
 */
export const candidate = (base: string, index: number, count: number, attempt: number): string =>
  count === 1 && attempt === 0 ? base : `${base}-${index + attempt + 1}`
