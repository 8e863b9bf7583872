/** Emoji as small coloured pictures. */
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

/** The side of the square that an emoji is drawn in, in units of its markup. */
export const side = 36

const folder = dirname(createRequire(import.meta.url).resolve("@twemoji/svg/package.json"))

/** What is shown as a picture: what is so by itself, what a variation selector makes so, a key, and a flag. */
const isPicture = (cluster: string): boolean =>
  /^\p{Emoji_Presentation}|\uFE0F|\u20E3|^\p{Regional_Indicator}/u.test(cluster) && /^\p{Emoji}/u.test(cluster)

/** The files are named by code points; the selector stands there only in sequences that are joined. */
const nameOf = (cluster: string): string =>
  Array.from(cluster.includes("\u200D") ? cluster : cluster.replaceAll("\uFE0F", ""), (character) =>
    (character.codePointAt(0) ?? 0).toString(16)
  ).join("-")

const read = (cluster: string): string | undefined => {
  const file = join(folder, `${nameOf(cluster)}.svg`)
  return existsSync(file) ? readFileSync(file, "utf8").replace(/^<svg[^>]*>|<\/svg>\s*$/g, "") : undefined
}

const known = new Map<string, string | undefined>()

const markup = (cluster: string): string | undefined => {
  if (!known.has(cluster)) known.set(cluster, read(cluster))
  return known.get(cluster)
}

/**
 * The pictures of one visible character. There is none when it is no emoji, or has no picture. A sequence without a
 * picture of its own gets those of its parts.
 */
export const pictures = (cluster: string): ReadonlyArray<string> => {
  if (!isPicture(cluster)) return []
  const whole = markup(cluster)
  if (whole !== undefined) return [whole]
  const parts = cluster.split("\u200D").map(markup)
  return parts.every((part) => part !== undefined) ? parts : []
}
