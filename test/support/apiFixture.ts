import { GeneratedImage } from "effect-openrouter-images"
import fixture from "../fixtures/api.json" with { type: "json" }

type Fields = Readonly<Record<string, string>>

const schemas: Readonly<Record<string, Fields | string>> = fixture.schemas

/** The documented values of each enumeration. */
export const enums: Readonly<Record<string, ReadonlyArray<string>>> = fixture.enums

/** A value as the API writes it, and as the library's types have it. */
export interface Pair {
  readonly wire: unknown
  readonly domain: unknown
}

const same = (...values: ReadonlyArray<unknown>): ReadonlyArray<Pair> =>
  values.map((value) => ({ wire: value, domain: value }))

const scalars: Readonly<Record<string, ReadonlyArray<Pair>>> = {
  string: same("text"),
  integer: same(7),
  number: same(0.25, 0),
  boolean: same(true, false),
  json: same({ snake_key: 1, camelKey: { "any key!": [null, { b_c: "d" }] } }),
  url: same("https://example.com/a.png", "http://example.com/a.png", "data:image/png;base64,UE5H")
}

/** Of a usage: fields that the library hands on as they are. */
export const untouched: ReadonlyArray<string> = ["cache_creation", "iterations"]

export const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

const nameOf = (field: string): string => field.replace("*", "")
const isRequired = (field: string): boolean => field.endsWith("*")

export const fieldsOf = (schema: string): Fields => {
  const fields = schemas[schema]
  return typeof fields === "object" ? fields : {}
}

const wireOf = (object: Readonly<Record<string, Pair>>): unknown =>
  Object.fromEntries(Object.entries(object).map(([name, pair]) => [name, pair.wire]))

const domainOf = (object: Readonly<Record<string, Pair>>): unknown => {
  const entries = Object.entries(object).map(([name, pair]) => [name, pair.domain] as const)
  const additional = entries.filter(([name]) => untouched.includes(name))
  return {
    ...Object.fromEntries(
      entries.filter(([name]) => !untouched.includes(name)).map(([name, value]) => [camelCase(name), value])
    ),
    ...(additional.length > 0 ? { additionalProperties: Object.fromEntries(additional) } : {})
  }
}

const first = (type: string): Pair => variants(type)[0] ?? { wire: undefined, domain: undefined }

const required = (schema: string): Readonly<Record<string, Pair>> =>
  Object.fromEntries(
    Object.entries(fieldsOf(schema))
      .filter(([field]) => isRequired(field))
      .map(([field, type]) => [nameOf(field), first(type)])
  )

/** A picture is a value of its own. */
const image = (mediaType: string): Pair => ({
  wire: { b64_json: "UE5H", media_type: mediaType },
  domain: GeneratedImage.make(new TextEncoder().encode("PNG"), mediaType)
})

/** Objects of a schema that hold one field beyond the required ones, with each value that the field can have. */
export const holding = (schema: string, field: string): ReadonlyArray<Pair> =>
  variants(fieldsOf(schema)[field] ?? "").map((value) => {
    const object = { ...required(schema), [nameOf(field)]: value }
    return { wire: wireOf(object), domain: domainOf(object) }
  })

/** Values that between them have every field and every documented value of a type, and a value that no document lists. */
export const variants = (type: string): ReadonlyArray<Pair> => {
  const alias = schemas[type]
  if (typeof alias === "string") return variants(alias)
  if (type === "Image") return [image("image/png"), image("image/never-documented")]
  if (alias !== undefined) {
    const object = required(type)
    const minimal = { wire: wireOf(object), domain: domainOf(object) }
    return [minimal, ...Object.keys(alias).flatMap((field) => holding(type, field))]
  }
  if (type.endsWith("?")) return variants(type.slice(0, -1))
  if (type.includes("|")) return type.split("|").flatMap(variants)
  if (type.endsWith("[]")) {
    const items = variants(type.slice(0, -2))
    return [
      ...items.map(({ wire, domain }) => ({ wire: [wire], domain: [domain] })),
      { wire: items.map(({ wire }) => wire).slice(0, 16), domain: items.map(({ domain }) => domain).slice(0, 16) },
      { wire: [], domain: [] }
    ]
  }
  if (type.startsWith("{")) {
    return variants(type.slice(1, -1)).map(({ wire, domain }) => ({
      wire: { a_key: wire, "any key!": wire },
      domain: { a_key: domain, "any key!": domain }
    }))
  }
  if (type.startsWith("'")) return same(type.slice(1, -1))
  return enums[type] !== undefined ? same(...enums[type], "never-documented") : (scalars[type] ?? [])
}

/** Objects of a type that lack one required field somewhere, with the path of that field. */
export const lacking = (
  type: string,
  lenient: ReadonlyArray<string>
): ReadonlyArray<{ readonly wire: unknown; readonly path: ReadonlyArray<PropertyKey> }> => {
  if (lenient.includes(type) || type.includes("|")) return []
  if (type.endsWith("?")) return lacking(type.slice(0, -1), lenient)
  if (type.endsWith("[]")) {
    return lacking(type.slice(0, -2), lenient).map(({ wire, path }) => ({ wire: [wire], path: [0, ...path] }))
  }
  const object = required(type)
  return Object.entries(fieldsOf(type)).flatMap(([field, inner]) => {
    const name = nameOf(field)
    const { [name]: _, ...rest } = object
    return [
      ...(isRequired(field) ? [{ wire: wireOf(rest), path: [name] }] : []),
      ...lacking(inner, lenient).map(({ wire, path }) => ({
        wire: wireOf({ ...object, [name]: { wire, domain: undefined } }),
        path: [name, ...path]
      }))
    ]
  })
}

/** The object with the required fields only. */
export const minimal = (schema: string): Pair => ({
  wire: wireOf(required(schema)),
  domain: domainOf(required(schema))
})

/** The optional fields of a schema. */
export const optional = (schema: string): ReadonlyArray<string> =>
  Object.keys(fieldsOf(schema)).filter((field) => !isRequired(field))
