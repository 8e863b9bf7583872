/** Which requests a run sends, and which it does not send again. */
import { Quote } from "effect-openrouter-images"
import { pluralize } from "../../output/Text.js"
import type { RequestLine } from "./Requests.js"
import { type Entry, ok, type Results } from "./Results.js"

export interface Plan {
  /** What is sent. */
  readonly todo: ReadonlyArray<RequestLine>
  /** What has its pictures. */
  readonly done: ReadonlyArray<RequestLine>
  /** What failed before, and was billed. */
  readonly billed: ReadonlyArray<RequestLine>
  /** What failed before, and may have been billed. */
  readonly unknown: ReadonlyArray<RequestLine>
  /** Whether these two are sent as well. */
  readonly mayPayTwice: boolean
}

type State = "done" | "billed" | "unknown" | "free"

/** What came of a request, as far as earlier runs tell; one that was in flight may have been billed. */
const stateOf = ({ key }: RequestLine, { marks, previous }: Results): State => {
  const entry = previous.get(key)
  if (entry?.result === ok) return "done"
  if (marks.pending.has(key) || entry?.billing === "unknown") return "unknown"
  return entry?.billing === "billed" ? "billed" : "free"
}

export const make = (jobs: ReadonlyArray<RequestLine>, results: Results, mayPayTwice: boolean): Plan => {
  const of = (...states: ReadonlyArray<State>) => jobs.filter((job) => states.includes(stateOf(job, results)))
  return {
    todo: mayPayTwice ? of("free", "billed", "unknown") : of("free"),
    done: of("done"),
    billed: of("billed"),
    unknown: of("unknown"),
    mayPayTwice
  }
}

/** What is not sent although it has no pictures. */
export const heldBack = ({ billed, mayPayTwice, unknown }: Plan): ReadonlyArray<RequestLine> =>
  mayPayTwice ? [] : [...billed, ...unknown]

const mostNamed = 10

interface Named {
  readonly line: number
}

/** `line 3, 5, 8 and 4 more`, each perhaps with something about it. */
export const linesOf = <A extends Named>(all: ReadonlyArray<A>, about: (one: A) => string = () => ""): string => {
  const named = all.slice(0, mostNamed).map((one) => `${one.line}${about(one)}`)
  return `line ${named.join(", ")}${all.length > mostNamed ? ` and ${all.length - mostNamed} more` : ""}`
}

const were = (count: number): string => (count === 1 ? "was" : "were")

/** What is not sent again, and what is sent although it may have been billed, or was `settled` now as not billed. */
export const announcement = (
  plan: Plan,
  { previous }: Results,
  settled: ReadonlyArray<Entry>
): ReadonlyArray<string> => {
  const { billed, done, mayPayTwice, todo, unknown } = plan
  const again = mayPayTwice ? "sent again" : "not sent again"
  const freed = settled.filter(({ billing, result }) => billing === "notBilled" && result !== ok)
  const requests = (all: ReadonlyArray<unknown>): string => pluralize(all.length, "request")
  const costOf = ({ key }: RequestLine): string => {
    const cost = previous.get(key)?.cost
    return cost === undefined ? " (cost unknown)" : ` (${Quote.formatUsd(cost)})`
  }
  return [
    ...(done.length > 0 ? [`${requests(done)} done before, not sent again`] : []),
    ...(freed.length > 0
      ? [`${requests(freed)} that ${were(freed.length)} not billed, sent again: ${linesOf(freed)}`]
      : []),
    ...(billed.length > 0
      ? [`${requests(billed)} that ${were(billed.length)} billed, ${again}: ${linesOf(billed, costOf)}`]
      : []),
    ...(unknown.length > 0 ? [`${requests(unknown)} that may have been billed, ${again}: ${linesOf(unknown)}`] : []),
    ...(todo.length === 0 ? ["nothing is left to send"] : [])
  ]
}
