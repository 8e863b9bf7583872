/** What must not reach a cassette: keys, cookies and the ids of accounts. */
import { makeRedactor, redactKeys } from "../../client/redaction.js"

/** Replaces every secret in a text. */
export type Redact = (text: string) => string

type Heads = Readonly<Record<string, string>>

/** Heads of a request whose values are secret. A scheme such as `Bearer` stands before some of them. */
const secretHeads = ["authorization", "proxy-authorization", "x-api-key"]

const valuesOf = (cookies: string | undefined, separator: RegExp): ReadonlyArray<string> =>
  (cookies ?? "").split(separator).map((cookie) => cookie.slice(cookie.indexOf("=") + 1).trim())

/** The secrets that a request sends, and that its answer may repeat. Names of heads are in lower case. */
export const secretsOfRequest = (heads: Heads): ReadonlyArray<string> => [
  ...secretHeads.map((name) => (heads[name] ?? "").replace(/^\S+\s+/, "").trim()),
  ...valuesOf(heads["cookie"], /;/)
]

/** The secrets in the head of an answer. Of a cookie only the first pair is its value. */
export const secretsOfResponse = (heads: Heads): ReadonlyArray<string> =>
  valuesOf(heads["set-cookie"], /,(?=[^;,]*=)/).map((value) => value.replace(/;.*$/s, ""))

/**
 * A field that names an account, such as `"user_id": "user_2a"`. Within a string of JSON its quotes are escaped, within
 * another once more.
 */
const account =
  /(\\*)"(\w*(?:user|account|org|organization|workspace|team|customer)_id)\1"(\s*:\s*)(?:\1"([^"\\]*)\1"|\d+)/g

/** A shorter id may be any word of the text. Its own field is redacted all the same. */
const shortest = 6

/** The ids of accounts that a body names. A message beside them may name them again. */
export const accountsIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(account)].flatMap(({ 4: id = "" }) => (id.length < shortest ? [] : [id]))

export const makeRedact = (secrets: ReadonlyArray<string>): Redact => {
  const redactor = makeRedactor(secrets)
  return (text) => redactKeys(redactor.text(text.replace(account, '$1"$2$1"$3$1"<redacted>$1"')))
}
