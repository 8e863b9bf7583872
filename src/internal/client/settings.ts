/** Turns options into the address and the headers of a request, and names every fault. */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type { Issue } from "../../Errors.js"
import { positiveInteger, show } from "../../Issue.js"
import { defaultMaxRequestBytes } from "../request/body.js"
import { durationIssues } from "../schema/duration.js"
import { emptyKey } from "./missingKey.js"
import { redactKeys } from "./redaction.js"

export const defaultBaseUrl = "https://openrouter.ai/api/v1"

/** The options that decide the head of a request. */
export interface Settings {
  readonly apiKey?: Redacted.Redacted | undefined
  readonly baseUrl?: string | undefined
  readonly httpReferer?: string | undefined
  readonly appTitle?: string | undefined
  readonly appCategories?: string | ReadonlyArray<string> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly allowInsecure?: boolean | undefined
}

export interface Head {
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly issues: ReadonlyArray<Issue>
}

/** The key as it is sent, without the white space that came with pasting it. */
const keyOf = ({ apiKey }: Settings): string | undefined => {
  if (!Redacted.isRedacted(apiKey)) return undefined
  const key = Redacted.value(apiKey)
  return Predicate.isString(key) ? key.trim() : ""
}

/** The secrets in the options: the key, and the content of an `authorization` header of the caller's own. */
export const secretsOf = ({ headers = {}, ...settings }: Settings): ReadonlyArray<string> => [
  ...Option.toArray(Option.fromNullable(keyOf(settings))),
  ...Object.entries(headers).flatMap(([name, value]) =>
    name.toLowerCase() === "authorization" ? [value.replace(/^\S+\s+/, "").trim()] : []
  )
]

/** A field value by RFC 9110, section 5.5, as `fetch` accepts it: Latin-1 without control characters. */
const isHeaderValue = (value: string): boolean => /^[\t\x20-\x7e\xa0-\xff]*$/.test(value)
const isHeaderName = (name: string): boolean => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)

const quote = "[\"'`\u2018\u2019\u201c\u201d]"
const quoted = new RegExp(`^${quote}|${quote}$`, "u")

/** What is wrong with a key. No part of the key is shown. */
const keyProblem = (key: string, variable: string | undefined): string | undefined => {
  if (key === "") return emptyKey(variable)
  if (quoted.test(key)) return "must be the key alone: leave out the quotes around it"
  if (/^(?:authorization:\s*)?bearer\b/i.test(key)) return "must be the key alone: leave out `Bearer` before it"
  if (/^[\x21-\x7e]+$/.test(key)) return undefined
  return "must be printable ASCII without spaces; this one holds white space, a line break or a character outside ASCII"
}

const keyIssues = (settings: Settings, variable: string | undefined): ReadonlyArray<Issue> => {
  if (settings.apiKey === undefined) return []
  const key = keyOf(settings)
  const message =
    key === undefined ? 'must be a Redacted, such as Redacted.make("sk-or-...")' : keyProblem(key, variable)
  return message === undefined ? [] : [{ path: ["apiKey"], message }]
}

/** OpenRouter's own API, in every version, is only at this address. Another host may have it under any path. */
const isElsewhere = ({ hostname, pathname }: URL): boolean =>
  /^(?:[\w-]+\.)*openrouter\.ai$/.test(hostname) && !/^\/api\/[^/]+\/*$/.test(pathname)

const baseUrlProblem = (value: string): string | undefined => {
  const url = URL.canParse(value) ? Option.some(new URL(value)) : Option.none()
  if (Option.isNone(url) || !/^https?:$/.test(url.value.protocol)) return "must be an absolute http(s) URL"
  // The URL parser would remove line breaks and escape spaces.
  if (/\s/.test(value)) return "must not hold white space"
  if (url.value.username !== "" || url.value.password !== "") return "must not hold credentials"
  if (url.value.search !== "" || url.value.hash !== "") return "must not have a query or a fragment"
  return isElsewhere(url.value) ? "must end in /api/v1" : undefined
}

/** Hosts for which no request leaves the machine: loopback, and the names that RFC 6761 keeps out of the network. */
const staysHere = /^(localhost|127(\.\d+){3}|\[::1\]|.*\.(localhost|invalid|test|example))$/

/** Without TLS, anyone in between reads the key. */
const insecureIssues = (settings: Settings, baseUrl: string): ReadonlyArray<Issue> => {
  const { hostname, protocol } = new URL(baseUrl)
  const safe = protocol === "https:" || staysHere.test(hostname) || secretsOf(settings).length === 0
  return safe || settings.allowInsecure === true
    ? []
    : [
        {
          path: ["baseUrl"],
          message: `must be https: the key would be sent in the clear to ${show(hostname)} (allowInsecure)`
        }
      ]
}

/** What is wrong with a base URL. It is shown without its user info and query, which may be secret. */
const baseUrlIssues = (settings: Settings, value: string): ReadonlyArray<Issue> => {
  const problem = baseUrlProblem(value)
  const shown = value.replace(/[?#].*$/s, "").replace(/^([a-z]+:)?(\/\/)?.*@/i, "$1$2<redacted>@")
  return problem === undefined
    ? insecureIssues(settings, value)
    : [{ path: ["baseUrl"], message: `${problem}, got ${show(shown)}` }]
}

const headerIssues = (path: Issue["path"], value: string): ReadonlyArray<Issue> =>
  isHeaderValue(value) ? [] : [{ path, message: "must be text that a header can carry: Latin-1 without line breaks" }]

const customIssues = (headers: Readonly<Record<string, string>>): ReadonlyArray<Issue> =>
  Object.entries(headers).flatMap(([name, value]) =>
    isHeaderName(name)
      ? headerIssues(["headers", name], value)
      : [{ path: ["headers", redactKeys(name)], message: "is not a header's name" }]
  )

/** How long a call waits, and how much it may receive and send. */
export interface Limits {
  readonly timeout: Duration.Duration
  readonly maxEventBytes: number
  readonly maxResponseBytes: number
  readonly maxRequestBytes: number
}

const megabyte = 1024 * 1024

/** The limits of a call, or what is wrong with them. */
export const limits = (options: {
  readonly timeout: Duration.DurationInput
  readonly maxEventBytes?: number | undefined
  readonly maxResponseBytes?: number | undefined
  readonly maxRequestBytes?: number | undefined
}): Either.Either<Limits, ReadonlyArray<Issue>> => {
  const { maxEventBytes = 256 * megabyte, maxResponseBytes = 1024 * megabyte, timeout } = options
  const { maxRequestBytes = defaultMaxRequestBytes } = options
  const issues = [
    ...durationIssues(["timeout"], timeout),
    ...positiveInteger(["maxEventBytes"], maxEventBytes),
    ...positiveInteger(["maxResponseBytes"], maxResponseBytes),
    ...positiveInteger(["maxRequestBytes"], maxRequestBytes)
  ]
  return issues.length > 0
    ? Either.left(issues)
    : Either.right({ timeout: Duration.decode(timeout), maxEventBytes, maxResponseBytes, maxRequestBytes })
}

/** The API's headers, with the option that sets each. */
const attribution = (
  settings: Settings
): ReadonlyArray<readonly [option: string, header: string, value: string | undefined]> => {
  const { appCategories } = settings
  return [
    ["httpReferer", "http-referer", settings.httpReferer],
    ["appTitle", "x-openrouter-title", settings.appTitle],
    [
      "appCategories",
      "x-openrouter-categories",
      typeof appCategories === "string" ? appCategories : appCategories?.join(",")
    ]
  ]
}

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** The caller's own headers win over ours. `variable` is where the key comes from, if that is known. */
export const head = (settings: Settings, variable?: string): Head => {
  const baseUrl = settings.baseUrl?.trim() ?? defaultBaseUrl
  const key = keyOf(settings)
  const named = attribution(settings).flatMap(([option, name, value]) =>
    value === undefined ? [] : [{ option, name, value }]
  )
  const custom = settings.headers ?? {}
  const issues = [
    ...keyIssues(settings, variable),
    ...baseUrlIssues(settings, baseUrl),
    ...named.flatMap(({ option, value }) => headerIssues([option], value)),
    ...customIssues(custom)
  ]
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` }
  return {
    baseUrl: baseUrl.replace(/\/+$/, ""),
    issues,
    headers: {
      ...authorization,
      ...Object.fromEntries(named.map(({ name, value }) => [name, value])),
      ...lowerCase(custom)
    }
  }
}
