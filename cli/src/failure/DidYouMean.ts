/** What somebody meant who has typed something that there is not. */
import { levensteinDistance } from "@effect/cli/AutoCorrect"
import * as CliConfig from "@effect/cli/CliConfig"

/** How many letters may be wrong. */
const tolerance = (word: string): number => Math.max(word.length < 5 ? 1 : 2, Math.floor(word.length / 3))

/** A beginning is as good as the whole. */
const distanceTo =
  (word: string) =>
  (other: string): number =>
    word.length > 2 && other.toLowerCase().startsWith(word.toLowerCase())
      ? 0
      : levensteinDistance(word, other, CliConfig.defaultConfig)

/** The words that are nearest, if they are near enough to be meant; `namesOf` says by which names one goes. */
export const nearest = (
  word: string,
  words: Iterable<string>,
  namesOf: (word: string) => ReadonlyArray<string> = (one) => [one]
): ReadonlyArray<string> => {
  const typed = word.replace(/^-+/, "")
  const measured = Array.from(words, (one) => {
    const names = namesOf(one).map((name) => name.replace(/^-+/, ""))
    return [one, Math.min(...names.map(distanceTo(typed)))] as const
  })
  const least = Math.min(...measured.map(([, distance]) => distance))
  if (typed.length < 2 || least > tolerance(typed)) return []
  return measured.filter(([, distance]) => distance === least).map(([one]) => one)
}

const most = 3

const list = (words: ReadonlyArray<string>): string =>
  [words.slice(0, -1).join(", "), ...words.slice(-1)].filter((part) => part !== "").join(" or ")

/** `did you mean --aspect-ratio?` */
export const formatQuestion = (meant: ReadonlyArray<string>): string => `did you mean ${list(meant.slice(0, most))}?`

/** The same, if something is near enough. */
export const question = (word: string, words: Iterable<string>): string | undefined => {
  const meant = nearest(word, words)
  return meant.length === 0 ? undefined : formatQuestion(meant)
}

/** `There is no option --seeed. Did you mean --seed?` */
export const sentence = (problem: string, word: string, words: Iterable<string>): string => {
  const asked = question(word, words)
  return asked === undefined ? `${problem}.` : `${problem}. D${asked.slice(1)}`
}
