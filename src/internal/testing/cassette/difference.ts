/** What differs between a request and the recordings that there are. */
import * as Predicate from "effect/Predicate"
import { show } from "../../../Issue.js"
import type { Request } from "./recording.js"

/** A recording's name and its request. */
export interface Recorded {
  readonly name: string
  readonly request: Request
}

/** The values within a value, each with its path. An empty object or array is a value. */
const valuesIn = (value: unknown, path: string): ReadonlyArray<readonly [path: string, value: unknown]> => {
  const isNested = Array.isArray(value) || Predicate.isRecord(value)
  const items = isNested ? Object.entries(value) : []
  if (items.length === 0) return value === undefined ? [] : [[path, value]]
  return items.flatMap(([key, item]) => valuesIn(item, path === "" ? key : `${path}.${key}`))
}

const before = 20

/** Long texts are shown from shortly before the first character that differs. */
const showBeside = (value: unknown, other: unknown): string => {
  if (!Predicate.isString(value) || !Predicate.isString(other)) return show(value)
  let at = 0
  while (at < value.length && value[at] === other[at]) at++
  return at <= before * 2 ? show(value) : show(`...${value.slice(at - before)}`)
}

/** A sentence for each field that differs: `body.seed: recorded 1, requested 2`. */
const differences = (recorded: Request, requested: Request): ReadonlyArray<string> => {
  const one = new Map(valuesIn(recorded, ""))
  const other = new Map(valuesIn(requested, ""))
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((path) => {
    const [was, is] = [one.get(path), other.get(path)]
    if (sameValue(was, is)) return []
    const recorded = was === undefined ? "not recorded" : `recorded ${showBeside(was, is)}`
    return [`${path}: ${recorded}, ${is === undefined ? "not requested" : `requested ${showBeside(is, was)}`}`]
  })
}

/** Objects and arrays are compared only where both are empty. */
const sameValue = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

const most = 8

/** The recording that differs least, and in what. */
export const nearest = (all: ReadonlyArray<Recorded>, requested: Request): string => {
  const [first] = all
    .map(({ name, request }) => ({ name, differing: differences(request, requested) }))
    .sort((one, other) => one.differing.length - other.differing.length)
  if (first === undefined) return "it has no recordings"
  const { differing, name } = first
  const more = differing.length > most ? [`and ${differing.length - most} more`] : []
  return `the nearest is ${name}, which differs in ${[...differing.slice(0, most), ...more].join("; ")}`
}
