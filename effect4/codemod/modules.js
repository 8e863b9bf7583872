// Where the modules of Effect 3 are in Effect 4.

/** The modules of `@effect/platform`, by their folder in `effect`. */
const platform = {
  http: [
    "Cookies",
    "FetchHttpClient",
    "Headers",
    "HttpBody",
    "HttpClient",
    "HttpClientError",
    "HttpClientRequest",
    "HttpClientResponse",
    "HttpMethod",
    "HttpMiddleware",
    "HttpPlatform",
    "HttpRouter",
    "HttpServer",
    "HttpServerError",
    "HttpServerRequest",
    "HttpServerResponse",
    "UrlParams"
  ],
  "http-api": ["HttpApi", "HttpApiBuilder", "HttpApiClient", "HttpApiEndpoint", "HttpApiGroup"],
  persistence: ["KeyValueStore"]
}

const folders = new Map(
  Object.entries(platform).flatMap(([folder, modules]) =>
    modules.map((name) => [`@effect/platform/${name}`, `effect/${folder}/${name}`])
  )
)

const renamed = new Map([
  ["@effect/platform/Error", "effect/PlatformError"],
  ["@effect/platform/HttpApp", "effect/http/HttpEffect"],
  ["@effect/platform/Command", "effect/process/ChildProcess"],
  ["@effect/platform-node/NodeContext", "@effect/platform-node/NodeServices"],
  ["effect/ConfigError", "effect/Config"],
  ["effect/Either", "effect/Result"],
  ["effect/FastCheck", "fast-check"],
  ["effect/TestClock", "effect/testing/TestClock"]
])

/** The module of Effect 4, or `undefined` for what is not Effect's. */
export const moduleOf = (module) =>
  renamed.get(module) ??
  folders.get(module) ??
  (/^@effect\/platform\//.test(module) ? module.replace("@effect/platform", "effect") : undefined) ??
  (/^(@effect|effect)(\/|$)/.test(module) ? module : undefined)

/** The last part: `HttpClient` of `effect/http/HttpClient`. */
export const nameOf = (module) => (module === "fast-check" ? "FastCheck" : module.slice(module.lastIndexOf("/") + 1))

/** The name under which a module is imported. `Array` would hide the global one. */
export const localName = (module) => (module === "effect/Array" ? "Arr" : nameOf(module))

/** Whether a module exports modules: `import { Effect } from "effect"`. */
export const isBarrel = (module) => /^(effect|@effect\/platform(-node)?)$/.test(module)
