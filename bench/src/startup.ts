// How long a fresh process takes to import what a generation needs, and how large it is in a browser.
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { build } from "esbuild"

const ours = `
    import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
    import * as Effect from "effect/Effect"
    import * as Layer from "effect/Layer"
    import * as Client from "effect-openrouter-images/Client"
    import * as Images from "effect-openrouter-images/Images"
    const live = Images.layer.pipe(Layer.provide(Client.layer()), Layer.provide(FetchHttpClient.layer))
    globalThis.used = [Images.generate({ model: "a/b", prompt: "c" }).pipe(Effect.provide(live))]`

const part = `
    import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
    import * as Effect from "effect/Effect"
    import * as Layer from "effect/Layer"
    import * as Schedule from "effect/Schedule"
    import * as Schema from "effect/Schema"
    import * as Stream from "effect/Stream"
    globalThis.used = [FetchHttpClient, Effect, Layer, Schedule, Schema, Stream]`

const onEffect4 = (program: string): string =>
  program.replace("@effect/platform/FetchHttpClient", "effect/http/FetchHttpClient")

const programs = {
  sdk: `
    import { OpenRouterCore } from "@openrouter/sdk/core.js"
    import { imagesGenerate } from "@openrouter/sdk/funcs/imagesGenerate.js"
    globalThis.used = [OpenRouterCore, imagesGenerate]`,
  "sdk, class": `
    import { OpenRouter } from "@openrouter/sdk"
    globalThis.used = [OpenRouter]`,
  openai: `
    import OpenAI from "openai"
    globalThis.used = [OpenAI]`,
  ours,
  "ours 4": onEffect4(ours),
  "effect's part of ours": part,
  "effect's part of ours 4": onEffect4(part)
} as const

export type Program = keyof typeof programs
export const names = Object.keys(programs) as ReadonlyArray<Program>

/** The folder from which a program finds the packages of its line of Effect. */
const homeOf = (name: Program): string =>
  name.endsWith(" 4") ? fileURLToPath(new URL("../../effect4", import.meta.url)) : import.meta.dirname

/** Milliseconds from the start of the program's module to its end, in a process of its own. */
export const importMillis = (name: Program): number =>
  Number(
    execFileSync(process.execPath, ["--input-type=module", "--eval", timed(programs[name])], {
      encoding: "utf8",
      cwd: homeOf(name)
    })
  )

/** Static imports as dynamic ones, so that the clock runs around them. */
const timed = (program: string): string => {
  const imports = [...program.matchAll(/from "(.+)"/g)].map(([, name]) => `await import("${name}")`)
  return `const start = performance.now(); ${imports.join("; ")}; console.log(performance.now() - start); process.exit(0)`
}

export interface Size {
  /** KiB of the whole program, minified and gzipped. */
  readonly whole: number
  /** KiB of the modules of this library, likewise. */
  readonly own: number
}

const bundled = async (name: Program, external: ReadonlyArray<string>): Promise<number> => {
  const { outputFiles } = await build({
    stdin: { contents: programs[name], resolveDir: homeOf(name) },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    external: [...external]
  })
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length / 1024
}

export const sizeOf = async (name: Program): Promise<Size> => ({
  whole: await bundled(name, []),
  own: name.startsWith("ours") ? await bundled(name, ["effect/*", "@effect/platform/*"]) : 0
})
