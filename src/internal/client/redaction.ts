/** Keeps the key out of everything that a server, a proxy or a runtime says back. */
import { identity } from "effect/Function"
import * as RegExps from "effect/RegExp"
import type { Issue } from "../../Errors.js"

/** Replaces a secret wherever it stands, in a text, within JSON and in issues; what JSON hides too deep to be read is left out. */
export interface Redactor {
  readonly text: (text: string) => string
  readonly json: (value: unknown) => unknown
  readonly issues: (issues: ReadonlyArray<Issue>) => ReadonlyArray<Issue>
}

/** What lies deeper was not written to be read, and is left out. */
const deepest = 200

const everywhere = (redact: (text: string) => string): Redactor["json"] => {
  const json = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return redact(value)
    if (typeof value !== "object" || value === null) return value
    if (depth === deepest) return undefined
    if (Array.isArray(value)) return value.map((item) => json(item, depth + 1))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), json(item, depth + 1)]))
  }
  return (value) => json(value, 0)
}

/** Shorter keys than this are no secrets but words, which a text may hold for reasons of its own. */
const shortest = 6

/** JSON within JSON within JSON writes an escape with this many backslashes; more were not written to be read. */
const mostBackslashes = 8

/** A character as it may stand in a text: as itself, or as JSON escapes it (`\/`, `\u002d`). */
const spellings = (character: string): string => {
  const hex = character.charCodeAt(0).toString(16).padStart(4, "0")
  const digits = hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
  const backslashes = `\\\\{0,${mostBackslashes}}`
  return character === "\\"
    ? `\\\\{1,${mostBackslashes}}`
    : `(?:${backslashes}${RegExps.escape(character)}|\\\\${backslashes}u${digits})`
}

/** A short key is only taken for the key where it stands alone. */
const pattern = (secret: string, spelling: string): string =>
  secret.length < shortest ? `(?<![\\w-])${spelling}(?![\\w-])` : spelling

/** Replaces the secrets as they are, and where there are escapes at all also as JSON spells them. */
const replacer = (secrets: ReadonlyArray<string>): ((text: string) => string) => {
  if (secrets.length === 0) return identity
  const patternOf = (spell: (secret: string) => string) =>
    new RegExp(secrets.map((secret) => pattern(secret, spell(secret))).join("|"), "g")
  const plain = patternOf(RegExps.escape)
  let escaped: RegExp | undefined
  return (text) => {
    if (!text.includes("\\")) return text.replace(plain, "<redacted>")
    escaped ??= patternOf((secret) => Array.from(secret, spellings).join(""))
    return text.replace(escaped, "<redacted>")
  }
}

/** Masks these secrets; empty ones are none. One that begins with another is masked whole. */
export const makeRedactor = (secrets: ReadonlyArray<string>): Redactor => {
  const text = replacer(secrets.filter((secret) => secret !== "").sort((one, other) => other.length - one.length))
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
