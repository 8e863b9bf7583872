import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import { rewriteSnippets } from "./comments.js"
import { rewrite } from "./rewrite.js"

const overlay = fileURLToPath(new URL("../overlay", import.meta.url))

const heads: Readonly<Record<string, string>> = {
  FastCheck: "fast-check",
  HttpClient: "@effect/platform/HttpClient",
  HttpMiddleware: "@effect/platform/HttpMiddleware",
  KeyValueStore: "@effect/platform/KeyValueStore"
}

/** A statement for Effect 3, with the imports that it needs, is rewritten. Returns the statement alone. */
const statement = (before: string): string => {
  const names = [...new Set(before.match(/\b[A-Z]\w+(?=\.)/g) ?? [])].filter((name) => name !== "Wire")
  const imports = names.map((name) => `import * as ${name} from "${heads[name] ?? `effect/${name}`}"`)
  const lines = rewrite("a test", [...imports, before].join("\n")).split("\n")
  return lines.slice(imports.length).join("\n")
}

const cases: ReadonlyArray<readonly [before: string, after: string]> = [
  ["Effect.zipRight(a, b)", "Effect.andThen(a, b)"],
  ["Effect.catchAll(a, f)", "Effect.catch(a, f)"],
  ["a.pipe(Effect.catchAllDefect(f))", "a.pipe(Effect.catchDefect(f))"],
  ['Effect.catchTag("A", f)', 'Effect.catchTag("A", f)'],
  ['Effect.catchTag(a, "A", "B", f)', 'Effect.catchTag(a, ["A", "B"], f)'],
  ["Effect.forkDaemon(a)", 'Effect.forkDetach(a, { uninterruptible: "inherit" })'],
  ["a.pipe(Effect.forkDaemon)", 'a.pipe(Effect.forkDetach({ uninterruptible: "inherit" }))'],
  ["a.pipe(Effect.forkIn(scope))", 'a.pipe(Effect.forkIn(scope, { uninterruptible: "inherit" }))'],
  ["Effect.makeLatch()", "Latch.make()"],
  ["const latch: Effect.Latch = a", "const latch: Latch.Latch = a"],
  ["Effect.clock", "Effect.clockWith(Effect.succeed)"],
  ['Effect.dieMessage("no")', 'Effect.die(new Error("no"))'],
  [
    "Effect.timeoutFail(a, { duration: d, onTimeout: () => e })",
    "Effect.timeoutOrElse(a, { duration: d, orElse: () => Effect.fail((() => e)()) })"
  ],
  ["Either.left(e)", "Result.fail(e)"],
  ["Either.isLeft(a.b) ? a.b.left : a.b.right", "Result.isFailure(a.b) ? a.b.failure : a.b.success"],
  ["position.left + Either.right(1)", "position.left + Result.succeed(1)"],
  ["Either.match(a, { onLeft: f, onRight: g })", "Result.match(a, { onFailure: f, onSuccess: g })"],
  ["Either.map(a, f)", "Result.map(a, f)"],
  ["type A = Either.Either<string, Error>", "type A = Result.Result<string, Error>"],
  ["Predicate.isRecord(a) || Predicate.isObject(b)", "Predicate.isObject(a) || Predicate.isObjectKeyword(b)"],
  ['class A extends Context.Tag("a")<A, Service>() {}', 'class A extends Context.Service<A, Service>()("a") {}'],
  ["type S = Context.Tag.Service<A>", 'type S = A["Service"]'],
  ["Deferred.unsafeMake<A, E>(none)", "Deferred.makeUnsafe<A, E>()"],
  ["Exit.interrupt(none)", "Exit.interrupt()"],
  ["Schema.Union(a, ...b)", "Schema.Union([a, ...b])"],
  ['Schema.Literal("a")', 'Schema.Literal("a")'],
  ['Schema.Literal("a", "b")', 'Schema.Literals(["a", "b"])'],
  ["Schema.Literal(...all)", "Schema.Literals([...all])"],
  ["Schema.Record({ key: Schema.String, value: a })", "Schema.Record(Schema.String, a)"],
  [
    "a.pipe(Schema.filter(f), Schema.between(0, 9))",
    "a.pipe(Schema.check(Schema.makeFilter(f)), Schema.check(Schema.isBetween({ minimum: 0, maximum: 9 })))"
  ],
  [
    "Schema.transform(Wire, Domain, { decode, encode })",
    "Wire.pipe(Schema.decodeTo(Domain, SchemaTransformation.transform<typeof Domain.Encoded, typeof Wire.Type>({ decode, encode })))"
  ],
  ["a.annotations({ identifier })", "a.annotate({ identifier })"],
  ["const A: Schema.Schema<B> = f(a)", "const A: Schema.declare<B> = f(a)"],
  [
    "const A: Schema.Schema<B, C> = f(a)",
    "const A: Schema.decodeTo<Schema.declare<B>, Schema.Codec<unknown, C>> = f(a)"
  ],
  ["function f<A, I>(schema: Schema.Schema<A, I>) {}", "function f<A, I>(schema: Schema.Codec<A, I>) {}"],
  ["Schedule.intersect(a, b)", "Schedule.max([a, b])"],
  ["Metric.tagged(a, name, value)", "Metric.withAttributes(a, { [name]: value })"],
  ["a.pipe(Metric.tagged(name, value))", "a.pipe(Metric.withAttributes({ [name]: value }))"],
  ["Metric.increment(a)", "Metric.modify(a, 1)"],
  ["Metric.histogram(a, b, c)", "Metric.histogram(a, { boundaries: b, description: c })"],
  ["Stream.runFold(a, start, f)", "Stream.runFold(a, () => (start), f)"],
  ["Stream.scan(start, f)", "Stream.scan(() => (start), f)"],
  ["Chunk.map(a, f)", "Arr.map(a, f)"],
  ["Random.nextIntBetween(0, 36)", "Random.nextIntBetween(0, 36, { halfOpen: true })"],
  ["HttpMiddleware.withTracerDisabledWhen(f)", "Layer.provide(Layer.succeed(HttpMiddleware.TracerDisabledWhen, f))"],
  [
    "HttpClient.withTracerDisabledWhen(client, () => true)",
    "HttpClient.transformResponse(client, Effect.provideService(HttpClient.TracerDisabledWhen, () => true))"
  ]
]

describe("a statement", () => {
  it.each(cases)("%s", (before, after) => {
    expect(statement(before)).toBe(after)
  })

  it("keeps its lines where arguments are on several", () => {
    expect(statement("Schema.Record({\n  key: a,\n  value: b\n})\nnext").split("\n")).toHaveLength(5)
  })
})

const imports: ReadonlyArray<readonly [before: string, after: string]> = [
  ['import * as Either from "effect/Either"', 'import * as Result from "effect/Result"'],
  ['import * as E from "effect/Either"', 'import * as E from "effect/Result"'],
  ['import { Effect, Either } from "effect"', 'import { Effect, Result } from "effect"'],
  [
    'import { Effect, TestClock } from "effect"',
    'import { Effect } from "effect"; import { TestClock } from "effect/testing"'
  ],
  [
    'import { FetchHttpClient, FileSystem } from "@effect/platform"',
    'import { FetchHttpClient } from "effect/http"; import { FileSystem } from "effect"'
  ],
  [
    'import type * as HttpClient from "@effect/platform/HttpClient"',
    'import type * as HttpClient from "effect/http/HttpClient"'
  ],
  [
    'import { type PlatformError } from "@effect/platform/Error"',
    'import { type PlatformError } from "effect/PlatformError"'
  ],
  ['import { NodeContext } from "@effect/platform-node"', 'import { NodeServices } from "@effect/platform-node"']
]

describe("an import", () => {
  it.each(imports)("%s", (before, after) => {
    const names = [...before.matchAll(/\b[A-Z]\w*\b/g)].map(([name]) => name).filter((name) => !/^Error$/.test(name))
    const used = names.map((name) => `console.log(${name})`).join("\n")
    expect(rewrite("a test", `${before}\n${used}`).split("\n")[0]).toBe(after)
  })

  it("is left out when nothing needs it any more", () => {
    const text =
      'import * as FiberId from "effect/FiberId"\nimport * as Exit from "effect/Exit"\nExit.interrupt(FiberId.none)'
    expect(rewrite("a test", text)).toBe('\nimport * as Exit from "effect/Exit"\nExit.interrupt()')
  })

  it("is left alone when it is not Effect's", () => {
    const text = 'import { left, right } from "./Either.js"\nright(left)'
    expect(rewrite("a test", text)).toBe(text)
  })
})

describe("what Effect 4 does not have", () => {
  it.each([
    [
      'import * as Effect from "effect/Effect"\nEffect.neverHeardOf(1)',
      "a test:2: Effect 4 has no such name: Effect.neverHeardOf"
    ],
    [
      'import * as ParseResult from "effect/ParseResult"\nParseResult.fail(1)',
      "a test:2: Effect 4 has no such name: ParseResult.fail"
    ],
    ['import * as Schema from "effect/Schema"\nSchema.Record(fields)', "a test:2: has no property key: fields"]
  ])("%s", (text, message) => {
    expect(() => rewrite("a test", text)).toThrow(message)
  })

  it("is reported all at once", () => {
    const text = 'import * as Effect from "effect/Effect"\nEffect.one()\nEffect.two()'
    expect(() => rewrite("a test", text)).toThrow(/:2: .*\n.*:3: /)
  })
})

it("rewrites the examples of comments, and nothing else of them", () => {
  const text = `/**
 * Like \`Effect.zipRight\`.
 *
 * @example
 * \`\`\`ts
 * import { Effect } from "effect"
 *
 * const both = Effect.zipRight(a, b)
 * \`\`\`
 */
`
  expect(rewriteSnippets("a test", text)).toBe(text.replace("Effect.zipRight(a", "Effect.andThen(a"))
})

it("makes overlays say why they exist", () => {
  const overlays = readdirSync(overlay, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"))
  expect(overlays.length).toBeGreaterThan(0)
  for (const path of overlays) expect(readFileSync(`${overlay}/${path}`, "utf8"), path).toMatch(/^\/\/ Overlay: .{20}/)
})
