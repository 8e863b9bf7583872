/** Lines of a file that hold equal requests: each is sent and paid for, unless they are sent once. */
import { createHash } from "node:crypto"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type { ImagesSchema } from "effect-openrouter-images"
import * as Flag from "../../options/Flag.js"

export const option = Flag.toggle("unique", "Send equal lines once")

/** A line with a request. */
export interface Line {
  /** From 1. */
  readonly line: number
  /** The first line with the same request, where this is not the first. */
  readonly repeats: number | undefined
}

/** With sorted keys, so that their order does not matter. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    Predicate.isRecord(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner
  )

const keyOf = (content: string, turn: number): string =>
  createHash("sha256").update(`${turn} ${content}`).digest().toString("hex", 0, 16)

/** A line, and the same key for the same request, wherever it stands; equal requests are numbered. */
interface Keyed extends Line {
  readonly key: string
}

/** Finds equal requests as their lines are read. It remembers a hash of each, and no request. */
export const makeFinder = (): ((request: ImagesSchema.ImageGenerationRequest, line: number) => Keyed) => {
  const firsts = new Map<string, number>()
  const turns = new Map<string, number>()
  return (request, line) => {
    const content = canonical(request)
    const key = keyOf(content, 0)
    const first = firsts.get(key)
    if (first === undefined) {
      firsts.set(key, line)
      return { key, line, repeats: undefined }
    }
    const turn = (turns.get(key) ?? 0) + 1
    turns.set(key, turn)
    return { key: keyOf(content, turn), line, repeats: first }
  }
}

/** The requests, each once. */
export const unique = <A extends Line>(lines: ReadonlyArray<A>): ReadonlyArray<A> =>
  lines.filter(({ repeats }) => repeats === undefined)

/** `1 = 4`, `2 = 3 = 7`: the lines that are equal. */
const groupsOf = (lines: ReadonlyArray<Line>): ReadonlyArray<ReadonlyArray<number>> => {
  const repeated = lines.flatMap(({ line, repeats }) => (repeats === undefined ? [] : [{ line, first: repeats }]))
  const groups = new Map(repeated.map(({ first }) => [first, [first]]))
  for (const { first, line } of repeated) groups.get(first)?.push(line)
  return [...groups.values()]
}

const mostNamed = 10

const name = (group: ReadonlyArray<number>): string =>
  [...group.slice(0, mostNamed), ...(group.length > mostNamed ? ["..."] : [])].join(" = ")

/** Which lines are equal, if some are, and that `--unique` sends one of them, or has left the others out. */
const describe = (lines: ReadonlyArray<Line>, isUnique: boolean): ReadonlyArray<string> => {
  const groups = groupsOf(lines)
  const count = groups.reduce((sum, { length }) => sum + length, 0)
  const more = groups.length > mostNamed ? ` and ${groups.length - mostNamed} more` : ""
  const named = groups.slice(0, mostNamed).map(name).join(", ")
  const sent = isUnique
    ? "--unique sends the first of each"
    : "each is sent and paid for; --unique sends the first alone"
  return count === 0 ? [] : [`${count} equal lines (${named}${more}): ${sent}`]
}

/** Says on stderr which lines are equal. */
export const report = (lines: ReadonlyArray<Line>, isUnique: boolean): Effect.Effect<void> =>
  Effect.forEach(describe(lines, isUnique), (line) => Console.error(line), { discard: true })
