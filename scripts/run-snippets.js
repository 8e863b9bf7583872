// Runs every TypeScript snippet of the README and the guides as a module of its own, on each line of Effect that it is for, in an
// empty folder, with the emulator as its API. It must end by itself with exit code 0. One that ends with `NodeRuntime.runMain` runs
// itself. Of any other, an effect that it calls `program` or `test` is run over the layers in `edgeOf`. Those named `*.test.ts` are
// left to the tests, which run the same files.
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { transformSync } from "esbuild"
import { rewrite } from "../effect4/codemod/rewrite.js"
import { startEmulator } from "./emulator.js"
import { nodeForEffect4 } from "./runtimes.js"
import { filesIn, snippetsOf } from "./snippets.js"

const work = mkdtempSync(join(tmpdir(), "snippets-"))

/** Where the packages of a line are found, how that line writes an edge, and the Node that runs it. */
const lines = [
  { line: 3, folder: ".snippets/run", write: (code) => code, node: process.execPath },
  {
    line: 4,
    folder: "effect4/.snippets/run",
    write: (code) => rewrite("the edge of a program", code),
    node: nodeForEffect4()
  }
]
const atOnce = 2
const timeout = 30_000

/** What runs an effect at the edge of a program; one that gives false has failed. */
const edgeOf = (name) => `
import { Effect as edgeEffect, Layer as edgeLayer } from "effect"
import { FetchHttpClient as edgeHttp } from "@effect/platform"
import { NodeContext as edgeNode, NodeRuntime as edgeRuntime } from "@effect/platform-node"
import { Client as edgeClient, Images as edgeImages } from "effect-openrouter-images"
const edgeLive = edgeImages.layer.pipe(
  edgeLayer.provide(edgeClient.layerConfig()),
  edgeLayer.provide(edgeHttp.layer)
)
${name}.pipe(
  edgeEffect.flatMap((result) => (result === false ? edgeEffect.die("it gives false") : edgeEffect.void)),
  edgeEffect.provide([edgeLive, edgeNode.layer]),
  edgeRuntime.runMain
)
`

const runsItself = (code) => code.includes("runMain")

/** The snippet with its edge, and whether it has one. */
const whole = (code, write) => {
  const name = /^(?:export )?const (program|test) = /m.exec(code)?.[1]
  if (runsItself(code)) return { code, isProgram: true }
  return name === undefined ? { code, isProgram: false } : { code: code + write(edgeOf(name)), isProgram: true }
}

const snippets = lines.flatMap(({ folder, line, node, write }) =>
  ["README.md", ...filesIn("docs/guides", ".md")]
    .flatMap((file) => snippetsOf(file, line))
    .filter(({ name }) => !name.endsWith(".test.ts"))
    .map(({ code, name, place }) => ({
      line,
      node,
      place,
      file: resolve(folder, name.replace(/\.ts$/, ".js")),
      ...whole(code, write)
    }))
)

for (const { folder } of lines) rmSync(folder, { recursive: true, force: true })
for (const { code, file } of snippets) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, transformSync(code, { loader: "ts", format: "esm", target: "es2022" }).code)
}

const emulator = await startEmulator()
const env = { PATH: process.env["PATH"], OPENROUTER_API_KEY: "any-key-will-do", OPENROUTER_BASE_URL: emulator.baseUrl }

/** What a snippet printed, where it failed. */
const run = ({ file, node }, i) =>
  new Promise((done) => {
    const cwd = join(work, String(i))
    mkdirSync(cwd)
    execFile(node, [file], { cwd, env, timeout }, (error, stdout, stderr) =>
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
    if (failure !== undefined) failures.push(`${snippet.place}, Effect ${snippet.line}: ${failure}`)
  }
}

try {
  await Promise.all(Array.from({ length: atOnce }, worker))
  const billed = await (await fetch(emulator.baseUrl.replace("/api/v1", "/emulator/ledger"))).json()
  for (const failure of failures) console.error(failure)
  for (const { line } of lines) {
    const ran = snippets.filter((snippet) => snippet.line === line)
    const programs = ran.filter(({ isProgram }) => isProgram)
    console.log(`Effect ${line}: ${ran.length} snippets ran, ${programs.length} of them programs`)
  }
  console.log(`they made ${billed.length} generations; ${failures.length} failed`)
} finally {
  emulator.stop()
  rmSync(work, { recursive: true, force: true })
}
process.exitCode = failures.length === 0 && snippets.length > 0 ? 0 : 1
