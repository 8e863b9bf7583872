/** Redacts the key in everything that a server, a proxy or a runtime sends back. */
import { identity } from "effect/Function"
import * as RegExps from "effect/RegExp"
import type { Issue } from "../../Errors.js"

/**
 * Replaces a secret wherever it appears, in a text, within JSON and in issues. Parts of JSON that are nested too deep
 * to check are removed.
 */
export interface Redactor {
  readonly text: (text: string) => string
  readonly json: (value: unknown) => unknown
  readonly issues: (issues: ReadonlyArray<Issue>) => ReadonlyArray<Issue>
}

/** Replaces every OpenRouter key in a text, whoever it belongs to. People paste it where another value belongs. */
export const redactKeys = (text: string): string => text.replace(/sk-or-[\w-]*/g, "<redacted>")

/** Values nested deeper are not meant to be read, and are removed. */
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

/** A shorter key is no secret but a word, which a text may contain for other reasons. */
const shortest = 6

/** JSON within JSON within JSON writes an escape with this many backslashes. Text with more is not meant to be read. */
const mostBackslashes = 8

/** The spellings of a character in a text: itself, and its JSON escapes (`\/`, `\u002d`). */
const spellings = (character: string): string => {
  const hex = character.charCodeAt(0).toString(16).padStart(4, "0")
  const digits = hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
  const backslashes = `\\\\{0,${mostBackslashes}}`
  return character === "\\"
    ? `\\\\{1,${mostBackslashes}}`
    : `(?:${backslashes}${RegExps.escape(character)}|\\\\${backslashes}u${digits})`
}

/** A short key counts as the key only where it stands alone. */
const pattern = (secret: string, spelling: string): string =>
  secret.length < shortest ? `(?<![\\w-])${spelling}(?![\\w-])` : spelling

/** Replaces the secrets literally, and in a text with escapes also as JSON spells them. */
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

/** Masks these secrets. Empty ones are ignored. A secret that begins with another is masked whole. */
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
