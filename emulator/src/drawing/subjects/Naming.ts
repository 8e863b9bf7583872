/** Which subjects a prompt names, in which colours and how many. */
import { colourOf } from "./Colours.js"
import { type Name, type Subject, subjects } from "./Subjects.js"

/** A subject as the prompt names it. */
export interface Named {
  readonly kind: Name
  readonly subject: Subject
  /** The words that name it, in lower case. */
  readonly name: string
  readonly colour: string | undefined
  readonly count: number
  /** In an astronaut's suit. */
  readonly suited: boolean
}

interface Mention {
  readonly kind: Name
  readonly name: string
  readonly start: number
  readonly end: number
}

/** More are not read: a picture shows a few things. */
const limits = { characters: 2000, subjects: 4, count: 5 } as const

const names = Object.keys(subjects) as ReadonlyArray<Name>

/** Mentions in the order of the prompt; where two overlap, the longer one. */
const mentions = (text: string): ReadonlyArray<Mention> =>
  names
    .flatMap((kind) =>
      Array.from(text.matchAll(subjects[kind].words), ({ 0: name, index }): Mention => {
        return { kind, name, start: index, end: index + name.length }
      })
    )
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter((one, at, sorted) => sorted.slice(0, at).every(({ end }) => end <= one.start))

const numbers = new Map(
  [
    [2, "two pair couple both"],
    [3, "three few several some"],
    [4, "four group bunch flock school"],
    [5, "five six seven eight nine ten dozen many crowd"]
  ].flatMap(([count, words]) =>
    String(words)
      .split(" ")
      .map((word) => [word, Number(count)] as const)
  )
)

/** Words behind which what was said belongs to something else. */
const stops =
  /^(and|with|in|on|at|under|near|by|beside|behind|over|above|wearing|who|that|is|are|from|to|for|as|vs|versus)$/

/** What stands before a noun and belongs to it, the nearest word first. */
const modifiers = (before: string): ReadonlyArray<string> => {
  const clause =
    before
      .slice(-60)
      .split(/[,.;:!?()]/)
      .at(-1) ?? ""
  const nearest = clause
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .reverse()
  const stop = nearest.findIndex((word) => stops.test(word))
  return stop < 0 ? nearest : nearest.slice(0, stop)
}

const isPlural = (name: string): boolean =>
  /(?:[^s]s|\b(?:people|men|women|children))$/.test(name) && !/\b(portraits?|cherry blossoms|noodles)$/.test(name)

const countOf = (name: string, words: ReadonlyArray<string>): number => {
  const said = words
    .map((word) => numbers.get(word) ?? Number(/^\d$/.test(word) ? word : Number.NaN))
    .find((n) => n > 0)
  return Math.min(limits.count, said ?? (isPlural(name) ? 3 : 1))
}

/** Between one that wears a suit and the word for it: "a cat astronaut", "a dog as an astronaut". */
const joined = /^(?:[ -]| as (?:an? )?| dressed as an? )$/

const suitWords =
  /^,? (?:in|wearing) (?:(?:an?|its|his|her|the) )?(?:\p{L}+ )?(?:space ?suits?|astronauts?['’]?s? suits?)/u

/** What is named twice is shown once: a backdrop by any of its names. */
const keyOf = ({ colour, kind, name, subject }: Named): string =>
  subject.home === "backdrop" ? kind : `${name} ${colour ?? ""}`

/** The subjects that a prompt names, the first one first; an empty list where it names none. */
export const namedIn = (prompt: string): ReadonlyArray<Named> => {
  const text = prompt.slice(0, limits.characters).toLowerCase().replace(/\s+/g, " ")
  const all = mentions(text)
  const isSuit = (at: number): boolean => all[at]?.kind === "astronaut"
  const wearer = (at: number): boolean => {
    const [one, next] = [all[at], all[at + 1]]
    if (one === undefined || isSuit(at) || !("head" in subjects[one.kind])) return false
    const follows = next !== undefined && isSuit(at + 1) && joined.test(text.slice(one.end, next.start))
    const before = all[at - 1]
    const precedes = before !== undefined && isSuit(at - 1) && text.slice(before.end, one.start) === " "
    return follows || precedes || suitWords.test(text.slice(one.end))
  }
  const worn = (at: number): boolean => {
    const [before, one, next] = [all[at - 1], all[at], all[at + 1]]
    if (one === undefined || !isSuit(at)) return false
    const byBefore = before !== undefined && wearer(at - 1) && joined.test(text.slice(before.end, one.start))
    return byBefore || (next !== undefined && wearer(at + 1) && text.slice(one.end, next.start) === " ")
  }
  const read = all.flatMap(({ kind, name, start }, at): ReadonlyArray<Named> => {
    if (worn(at)) return []
    const words = modifiers(text.slice(all[at - 1]?.end ?? 0, start))
    const colour = words.map(colourOf).find((found) => found !== undefined)
    return [{ kind, subject: subjects[kind], name, colour, count: countOf(name, words), suited: wearer(at) }]
  })
  const isLikeness = ({ name }: Named): boolean => /^(?:selfie|portrait|headshot)/.test(name)
  const others = read.filter((one) => !isLikeness(one) && one.subject.home !== "backdrop")
  return (others.length > 0 ? read.filter((one) => !isLikeness(one)) : read)
    .filter((one, at, list) => list.findIndex((other) => keyOf(other) === keyOf(one)) === at)
    .slice(0, limits.subjects)
}

/** The prompt without its subjects and their colours: the rest is about place and light. */
export const withoutSubjects = (prompt: string, named: ReadonlyArray<Named>): string => {
  const claimed = new Set(named.map(({ colour }) => colour))
  const isClaimed = (word: string): boolean => colourOf(word) !== undefined && claimed.has(colourOf(word))
  return named
    .reduce((text, { name }) => text.replaceAll(name, ""), prompt.toLowerCase())
    .split(/([^\p{L}]+)/u)
    .filter((word) => !isClaimed(word))
    .join("")
}
