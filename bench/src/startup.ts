// How long a fresh process takes to import what a generation needs, and how large it is in a browser.
import { execFileSync } from "node:child_process"
import { gzipSync } from "node:zlib"
import { build } from "esbuild"

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
  ours: `
    import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
    import * as Effect from "effect/Effect"
    import * as Layer from "effect/Layer"
    import * as Client from "effect-openrouter-images/Client"
    import * as Images from "effect-openrouter-images/Images"
    const live = Images.layer.pipe(Layer.provide(Client.layer()), Layer.provide(FetchHttpClient.layer))
    globalThis.used = [Images.generate({ model: "a/b", prompt: "c" }).pipe(Effect.provide(live))]`,
  "effect's part of ours": `
    import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
    import * as Effect from "effect/Effect"
    import * as Layer from "effect/Layer"
    import * as Schedule from "effect/Schedule"
    import * as Schema from "effect/Schema"
    import * as Stream from "effect/Stream"
    globalThis.used = [FetchHttpClient, Effect, Layer, Schedule, Schema, Stream]`
} as const

export type Program = keyof typeof programs
export const names = Object.keys(programs) as ReadonlyArray<Program>

/** Milliseconds from the start of the program's module to its end, in a process of its own. */
export const importMillis = (name: Program): number =>
  Number(
    execFileSync(process.execPath, ["--input-type=module", "--eval", timed(programs[name])], {
      encoding: "utf8",
      cwd: import.meta.dirname
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

const bundled = async (program: string, external: ReadonlyArray<string>): Promise<number> => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname },
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
  whole: await bundled(programs[name], []),
  own: name === "ours" ? await bundled(programs[name], ["effect/*", "@effect/platform/*"]) : 0
})
