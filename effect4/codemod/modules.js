// Where the modules of Effect 3 are in Effect 4.

/** The modules of `@effect/platform` that are in a folder of `effect`. */
const folders = [
  [/^@effect\/platform\/((Fetch)?Http\w+|Cookies|Headers|UrlParams)$/, "effect/http/$1"],
  [/^@effect\/platform\/(KeyValueStore)$/, "effect/persistence/$1"],
  [/^@effect\/platform\/(\w+)$/, "effect/$1"]
]

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
export const moduleOf = (module) => {
  if (renamed.has(module)) return renamed.get(module)
  const [name, place] = folders.find(([pattern]) => pattern.test(module)) ?? []
  if (name !== undefined) return module.replace(name, place)
  return /^(@effect|effect)(\/|$)/.test(module) ? module : undefined
}

/** The last part: `HttpClient` of `effect/http/HttpClient`. */
export const nameOf = (module) => (module === "fast-check" ? "FastCheck" : module.slice(module.lastIndexOf("/") + 1))

/** The name under which a module is imported. `Array` would hide the global one. */
export const localName = (module) => (module === "effect/Array" ? "Arr" : nameOf(module))

/** Whether a module exports modules: `import { Effect } from "effect"`. */
export const isBarrel = (module) => /^(effect|@effect\/platform(-node)?)$/.test(module)
