/** What JSON can hold, and where a value cannot be JSON. */
import type * as Schema from "effect/Schema"
import { show } from "../../Issue.js"
import { declare, type Fault, withFaults } from "./primitives.js"
import * as Sample from "./samples.js"

/** RFC 8259 lets a reader limit the depth. No real request comes near this limit. */
const deepest = 100

/** Names in a path come from the caller and may have any length. */
const longestName = 60

/**
 * Every place in `value` that JSON cannot hold: NaN and the infinities, bigints, functions, symbols, cycles. `within`
 * are the objects that contain the value.
 */
export const jsonFaults = (
  value: unknown,
  path: ReadonlyArray<PropertyKey> = [],
  within: ReadonlyArray<unknown> = []
): ReadonlyArray<Fault> => {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? [] : [{ path, message: `must be a finite number, got ${value}` }]
    case "bigint":
    case "function":
    case "symbol":
      return [{ path, message: `must be a JSON value, got ${show(value)}` }]
    case "object":
      if (value === null) return []
      if (within.includes(value))
        return [{ path, message: "must be a JSON value, got an object that refers to itself" }]
      if (path.length >= deepest) return [{ path, message: `must be nested at most ${deepest} deep` }]
      return Object.entries(value).flatMap(([key, item]) =>
        jsonFaults(item, [...path, place(value, key)], [...within, value])
      )
    default:
      return []
  }
}

const place = (container: object, key: string): PropertyKey =>
  Array.isArray(container) ? Number(key) : key.slice(0, longestName)

/** A value with a `toJSON` may become anything; a Date becomes a text. */
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !("toJSON" in value && typeof value.toJSON === "function")

const scalar = Sample.either(
  Sample.either(Sample.text(), Sample.integer()),
  Sample.either(Sample.boolean, Sample.oneOf(null))
)

const objects = Sample.dictionary(Sample.either(scalar, Sample.list(scalar)))

const notAnObject = (value: unknown): string => `must be a JSON object, got ${show(value)}`

const object = declare(isRecord, objects, { message: notAnObject, description: "a JSON object" })

/** The server's JSON, unchanged. No key is checked. */
export const ServerJson: Schema.Schema<Readonly<Record<string, unknown>>> = object

/** A JSON object whose keys and values are the caller's own. Nothing in it is renamed. */
export const JsonObject = withFaults(object, jsonFaults)

/**
 * Such objects by keys of the caller's. A Record of Effect's would lose the key `__proto__`, which JSON allows.
 */
export const JsonObjects = withFaults(
  declare(isRecord, Sample.dictionary(objects), { message: notAnObject, description: "an object of JSON objects" }),
  (all) =>
    Object.entries(all).flatMap(([key, value]) => {
      const path = [place(all, key)]
      return isRecord(value) ? jsonFaults(value, path) : [{ path, message: notAnObject(value) }]
    })
)
