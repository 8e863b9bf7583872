/** Keeps the key out of everything that a server, a proxy or a runtime says back. */
import { identity } from "effect/Function"
import * as RegExps from "effect/RegExp"
import type { Issue } from "../Errors.js"

/** Replaces a secret wherever it stands, in a text, within JSON and in issues; what JSON hides too deep to be read is left out. */
export interface Mask {
  readonly text: (text: string) => string
  readonly json: (value: unknown) => unknown
  readonly issues: (issues: ReadonlyArray<Issue>) => ReadonlyArray<Issue>
}

/** What lies deeper was not written to be read, and is left out. */
const deepest = 200

const everywhere = (mask: (text: string) => string): Mask["json"] => {
  const json = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return mask(value)
    if (typeof value !== "object" || value === null) return value
    if (depth === deepest) return undefined
    if (Array.isArray(value)) return value.map((item) => json(item, depth + 1))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [mask(key), json(item, depth + 1)]))
  }
  return (value) => json(value, 0)
}

/** Shorter keys than this are no secrets but words, which a text may hold for reasons of its own. */
const shortest = 6

/** A short key is only taken for the key where it stands alone. */
const pattern = (secret: string): string => {
  const literal = RegExps.escape(secret)
  return secret.length < shortest ? `(?<![\\w-])${literal}(?![\\w-])` : literal
}

/** Masks these secrets; empty ones are none. One that begins with another is masked whole. */
export const makeMask = (secrets: ReadonlyArray<string>): Mask => {
  const patterns = secrets
    .filter((secret) => secret !== "")
    .sort((one, other) => other.length - one.length)
    .map(pattern)
  const found = new RegExp(patterns.join("|"), "g")
  const text = patterns.length === 0 ? identity<string> : (text: string) => text.replace(found, "<redacted>")
  return {
    text,
    json: everywhere(text),
    issues: (issues) =>
      issues.map(({ message, path }) => ({
        path: path.map((part) => (typeof part === "string" ? text(part) : part)),
        message: text(message)
      }))
  }
}
