import { pathToFileURL } from "node:url"
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer, vi } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import type worker from "effect-openrouter-images-examples/dist/worker/index.js"
import { build } from "esbuild"
import { silentOpenRouter } from "../support/silentOpenRouter.js"

const entry = new URL("../../examples/dist/worker/index.js", import.meta.url).pathname
const key = "sk-or-v1-the-secret-of-the-worker"

interface Bundle {
  readonly worker: typeof worker
  readonly modules: ReadonlyArray<string>
}

/** The example's worker as a platform bundles it: one file, without anything of Node's. */
class Bundled extends Context.Tag("test/Bundled")<Bundled, Bundle>() {
  static readonly layer = Layer.scoped(
    Bundled,
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      // Below node_modules Node loads it as it is. Elsewhere Vitest would rewrite all of the bundle first.
      const outfile = path.join(yield* fs.makeTempDirectoryScoped(), "node_modules", "worker", "index.mjs")
      const { metafile } = yield* Effect.promise(() =>
        build({
          entryPoints: [entry],
          outfile,
          bundle: true,
          format: "esm",
          platform: "browser",
          metafile: true,
          logLevel: "silent"
        })
      )
      const module: { readonly default: typeof worker } = yield* Effect.promise(
        () => import(/* @vite-ignore */ pathToFileURL(outfile).href)
      )
      return { worker: module.default, modules: Object.keys(metafile.inputs) }
    })
  )
}

/** What the worker logs meanwhile, which has no place in the output of a test. */
const logged = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => vi.spyOn(console, "log").mockImplementation(() => {})),
    (spy) => Effect.sync(() => spy.mockRestore())
  ),
  (spy) => () => JSON.stringify(spy.mock.calls)
)

/** Asks the worker, whose OpenRouter is the emulator. */
const ask = (query: string) =>
  Effect.gen(function* () {
    const { worker } = yield* Bundled
    const { baseUrl } = yield* Emulator.Emulator
    const env = { OPENROUTER_API_KEY: key, OPENROUTER_BASE_URL: baseUrl }
    return yield* Effect.promise(() => worker.fetch(new Request(`https://worker.example/${query}`), env))
  })

const TestLive = Layer.mergeAll(Bundled.layer.pipe(Layer.provideMerge(NodeContext.layer)), Emulator.layerServer())

describe("the worker", () => {
  layer(TestLive, { excludeTestServices: true })((it) => {
    it.effect("bundles without a module of Node's", () =>
      Effect.gen(function* () {
        // The bundler fails at an import that it cannot resolve, and for a browser it resolves none of Node's.
        const { modules } = yield* Bundled
        expect(modules.filter((module) => /^node:|platform-node/.test(module))).toEqual([])
        expect(modules.some((module) => module.endsWith("dist/Images.js"))).toBe(true)
      })
    )

    it.effect("answers with the picture's bytes and what they cost", () =>
      Effect.gen(function* () {
        const answer = yield* ask("?prompt=a+paper+boat")
        expect(answer.status).toBe(200)
        expect(answer.headers.get("content-type")).toBe("image/png")
        expect(answer.headers.get("x-cost-usd")).toBe("0.04")
        const bytes = new Uint8Array(yield* Effect.promise(() => answer.arrayBuffer()))
        expect(GeneratedImage.make(bytes)).toMatchObject({
          mediaType: "image/png",
          dimensions: { width: 1024, height: 1024 }
        })
      })
    )

    const failures = [
      [400, "InvalidRequestError", "notBilled", null, ""],
      [422, "ForbiddenResponseError", "notBilled", { _tag: "Status", status: 403 }],
      [502, "PaymentRequiredResponseError", "notBilled", { _tag: "Status", status: 402 }],
      [502, "ConnectionError", "unknown", { _tag: "Reset", at: "head", afterCompletion: true }],
      [502, "ResponseValidationError", "billed", { _tag: "Corrupt", how: "badBase64" }],
      [504, "EdgeNetworkTimeoutResponseError", "unknown", { _tag: "Status", status: 524, body: "html" }]
    ] as const

    for (const [status, error, billing, fault, query = "?prompt=a+paper+boat"] of failures) {
      it.scoped(`answers ${status} to ${error}, and that it was ${billing}`, () =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          yield* emulator.reset
          if (fault !== null) yield* emulator.script([fault])
          const log = yield* logged
          const answer = yield* ask(query)
          expect(answer.status).toBe(status)
          const text = yield* Effect.promise(() => answer.text())
          expect(JSON.parse(text)).toEqual({ error, billing })
          expect(log()).toContain(error)
          expect(text + JSON.stringify([...answer.headers]) + log()).not.toContain(key)
        })
      )
    }

    it.scoped("delivers a picture that came whole in an answer that is broken", () =>
      Effect.gen(function* () {
        const emulator = yield* Emulator.Emulator
        yield* emulator.reset
        yield* emulator.script([{ _tag: "Corrupt", how: "cutEnd" }])
        yield* logged
        const answer = yield* ask("?prompt=a+paper+boat")
        expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/png"])
      })
    )

    it.scoped("says when to come again", () =>
      Effect.gen(function* () {
        yield* logged
        const emulator = yield* Emulator.Emulator
        yield* emulator.reset
        yield* emulator.script([{ _tag: "Status", status: 429, headers: { "retry-after": "3600" } }])
        const answer = yield* ask("?prompt=a+paper+boat")
        expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "3600"])
      })
    )

    it.scoped("closes the socket to OpenRouter when the request is aborted", () =>
      Effect.gen(function* () {
        const { worker } = yield* Bundled
        const { asked, baseUrl, left } = yield* silentOpenRouter
        const browser = new AbortController()
        const request = new Request("https://worker.example/?prompt=a+boat", { signal: browser.signal })
        const answer = worker.fetch(request, { OPENROUTER_API_KEY: key, OPENROUTER_BASE_URL: baseUrl })
        const ended = answer.catch(() => "interrupted")
        yield* asked
        browser.abort()
        yield* left
        expect(yield* Effect.promise(() => ended)).toBe("interrupted")
      })
    )
  })
})
