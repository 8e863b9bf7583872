/** How the command reaches OpenRouter: through which proxy, and whose certificates it trusts. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { pluralize } from "./output/Text.js"
import { type Variable, variable } from "./Variable.js"

interface Proxy {
  readonly name: string
  readonly url: URL
}

export interface Proxies {
  readonly http: Proxy | undefined
  readonly https: Proxy | undefined
  /** The hosts that are reached without a proxy. */
  readonly except: Variable | undefined
}

/** The value is not shown: it may have a password. */
const invalid = (name: string) =>
  ConfigError.InvalidData([name], "must be the address of an HTTP proxy, such as http://127.0.0.1:3128")

const proxy = (...names: ReadonlyArray<string>): Effect.Effect<Proxy | undefined, ConfigError.ConfigError> =>
  Effect.gen(function* () {
    const found = yield* variable(...names)
    if (found === undefined) return undefined
    const { name, value } = found
    const address = value.includes("://") ? value : `http://${value}`
    const url = yield* Effect.try({ try: () => new URL(address), catch: () => invalid(name) })
    return /^https?:$/.test(url.protocol) ? { name, url } : yield* Effect.fail(invalid(name))
  })

/** As curl reads them; an `https:` address without a proxy of its own takes that of `http:`, as undici does. */
export const proxies: Effect.Effect<Proxies, ConfigError.ConfigError> = Effect.gen(function* () {
  const http = yield* proxy("http_proxy", "HTTP_PROXY")
  const https = yield* proxy("https_proxy", "HTTPS_PROXY")
  return { http, https: https ?? http, except: yield* variable("no_proxy", "NO_PROXY") }
})

/** Without the credentials of its address. */
const nameOf = ({ name, url }: Proxy): string => `${url.protocol}//${url.host} (${name})`

const certificates = Effect.gen(function* () {
  const extra = yield* variable("NODE_EXTRA_CA_CERTS")
  if (extra === undefined) return "Node's own"
  const text = yield* Effect.option(Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(extra.value)))
  const more = Option.match(text, {
    onNone: () => "which cannot be read",
    onSome: (pem) => pluralize(pem.split("-----BEGIN CERTIFICATE-----").length - 1, "certificate")
  })
  return `Node's own, and ${extra.value} (NODE_EXTRA_CA_CERTS): ${more}`
})

/** What is in use, as rows for people, without credentials. */
export const describe = Effect.gen(function* () {
  const { except, http, https } = yield* proxies
  const isOther = http !== undefined && http !== https
  const used = https === undefined ? "none" : nameOf(https)
  return [
    ["proxy", isOther ? `${used}; ${nameOf(http)} for http: addresses` : used],
    ...(except === undefined ? [] : [["no proxy", `${except.value} (${except.name})`] as const]),
    ["trusted", yield* certificates]
  ] as ReadonlyArray<readonly [label: string, value: string]>
})
