// Runs every TypeScript snippet of the README and the guides as a module of its own, in an empty folder, with the emulator as
// its API. It must end by itself with exit code 0. One that ends with `NodeRuntime.runMain` runs itself. Of any other, an effect
// that it calls `program` or `test` is run over the layers in `edgeOf`. Those named `*.test.ts` are left to the tests, which run
// the same files.
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { transformSync } from "esbuild"
import { startEmulator } from "./emulator.js"
import { filesIn, snippetsOf } from "./snippets.js"

const folder = ".snippets/run"
const atOnce = 2
const timeout = 30_000

/** What runs an effect at the edge of a program; one that gives false has failed. */
const edgeOf = (name) => `
import * as edge from "effect"
import { FetchHttpClient as edgeHttp } from "@effect/platform"
import { NodeContext as edgeNode, NodeRuntime as edgeRuntime } from "@effect/platform-node"
import { Client as edgeClient, Images as edgeImages } from "effect-openrouter-images"
const edgeLive = edgeImages.layer.pipe(
  edge.Layer.provide(edgeClient.layerConfig()),
  edge.Layer.provide(edgeHttp.layer)
)
${name}.pipe(
  edge.Effect.filterOrDieMessage((result) => result !== false, "it gives false"),
  edge.Effect.provide([edgeLive, edgeNode.layer]),
  edgeRuntime.runMain
)
`

const runsItself = (code) => code.includes("runMain")

/** The snippet with its edge, and whether it has one. */
const whole = (code) => {
  const name = /^(?:export )?const (program|test) = /m.exec(code)?.[1]
  if (runsItself(code)) return { code, isProgram: true }
  return name === undefined ? { code, isProgram: false } : { code: code + edgeOf(name), isProgram: true }
}

const snippets = ["README.md", ...filesIn("docs/guides", ".md")]
  .flatMap(snippetsOf)
  .filter(({ name }) => !name.endsWith(".test.ts"))
  .map(({ code, name, place }) => ({ place, file: resolve(folder, name.replace(/\.ts$/, ".js")), ...whole(code) }))

rmSync(folder, { recursive: true, force: true })
for (const { code, file } of snippets) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, transformSync(code, { loader: "ts", format: "esm", target: "es2022" }).code)
}

const emulator = await startEmulator()
const work = mkdtempSync(join(tmpdir(), "snippets-"))
const env = { PATH: process.env["PATH"], OPENROUTER_API_KEY: "any-key-will-do", OPENROUTER_BASE_URL: emulator.baseUrl }

/** What a snippet printed, where it failed. */
const run = ({ file }, i) =>
  new Promise((done) => {
    const cwd = join(work, String(i))
    mkdirSync(cwd)
    execFile(process.execPath, [file], { cwd, env, timeout }, (error, stdout, stderr) =>
      done(
        error === null
          ? undefined
          : `${error.killed ? "it did not end" : `exit code ${error.code}`}\n${stdout}${stderr}`
      )
    )
  })

const failures = []
const waiting = [...snippets.entries()]
const worker = async () => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [i, snippet] = next
    const failure = await run(snippet, i)
    if (failure !== undefined) failures.push(`${snippet.place}: ${failure}`)
  }
}

try {
  await Promise.all(Array.from({ length: atOnce }, worker))
  const billed = await (await fetch(emulator.baseUrl.replace("/api/v1", "/emulator/ledger"))).json()
  for (const failure of failures) console.error(failure)
  const programs = snippets.filter(({ isProgram }) => isProgram).length
  console.log(
    `${snippets.length} snippets ran, ${programs} of them programs, which made ${billed.length} generations; ${failures.length} failed`
  )
} finally {
  emulator.stop()
  rmSync(work, { recursive: true, force: true })
}
process.exitCode = failures.length === 0 && snippets.length > 0 ? 0 : 1
