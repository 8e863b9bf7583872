/**
 * Objects of an answer that nothing may make fail. Each field is read by itself: an odd one is absent, and its raw value
 * is kept with all undocumented fields.
 */
import * as Predicate from "effect/Predicate"
import { isDate } from "./date.js"

type Json = Readonly<Record<string, unknown>>

/** Our name of a field, the wire's names for it (the API's first), and how to read its value. */
export type Field<A> = readonly [
  ours: keyof A & string,
  wire: readonly [string, ...ReadonlyArray<string>],
  read: (value: unknown) => unknown
]

/** What no field holds, under the wire's names and unchanged. */
export interface Additional {
  readonly additionalProperties?: Json
}

export const readText = (value: unknown): string | undefined => (Predicate.isString(value) ? value : undefined)

export const readBoolean = (value: unknown): boolean | undefined => (Predicate.isBoolean(value) ? value : undefined)

/** Whether a field's value holds everything that was sent. An odd amount within it is only in the raw value. */
const isComplete = (read: unknown, raw: unknown): boolean =>
  !Predicate.isRecord(read) ||
  isDate(read) ||
  (Predicate.isRecord(raw) &&
    Object.keys(read).length >= Object.values(raw).filter((value) => value !== null && value !== undefined).length)

/** The two functions between an object on the wire and ours, by its fields. */
export const openRecord = <A extends Additional>(fields: ReadonlyArray<Field<A>>) => {
  const documented = new Set(fields.map(([, [name]]) => name))

  /** A documented field that is null says nothing. */
  const isUnsaid = (name: string, raw: unknown): boolean => documented.has(name) && (raw === null || raw === undefined)

  const read = (wire: Json): Partial<A> => {
    const found: Record<string, unknown> = {}
    const said = new Set<string>()
    for (const [ours, names, readValue] of fields) {
      for (const name of names) {
        const raw = wire[name]
        const value = found[ours] === undefined && raw !== undefined && raw !== null ? readValue(raw) : undefined
        if (value === undefined) continue
        found[ours] = value
        if (isComplete(value, raw)) said.add(name)
      }
    }
    const others = Object.entries(wire).filter(([name, raw]) => !said.has(name) && !isUnsaid(name, raw))
    return (others.length === 0 ? found : { ...found, additionalProperties: Object.fromEntries(others) }) as Partial<A>
  }

  /** The same under the wire's names. Raw values return to their place, below what was read from them. */
  const write = ({ additionalProperties, ...value }: A): Json => {
    const wire: Record<string, unknown> = { ...additionalProperties }
    for (const [ours, [name]] of fields) {
      const item = value[ours as keyof typeof value]
      if (item === undefined) continue
      const inner = toWire(item)
      wire[name] = Predicate.isRecord(inner) && Predicate.isRecord(wire[name]) ? { ...wire[name], ...inner } : inner
    }
    return wire
  }
  return { read, write }
}

/** A value of ours as JSON, with the wire's names. */
const toWire = (value: unknown): unknown => {
  if (isDate(value)) return value.toISOString()
  if (Array.isArray(value)) return value.map(toWire)
  return Predicate.isRecord(value) ? inSnakeCase(value) : value
}

const inSnakeCase = ({ additionalProperties, ...value }: Additional & Json): Json => ({
  ...additionalProperties,
  ...Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      toWire(item)
    ])
  )
})
