// Runs test/runtimes/core.ts on the built packages of both lines of Effect in every runtime that they promise: this Node, the other
// supported lines of Node, Bun and Deno (as the npm registry has them), and a headless Chromium, each against the emulator. The
// built command makes a picture in each that it is for.
import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build } from "esbuild"
import { launch } from "./chromium.js"
import { startEmulator } from "./emulator.js"
import { argumentsOf, download, oldestForEffect4, runtimes } from "./runtimes.js"

/** The program of each line of Effect, and the folder that it runs in, beside that line's packages. */
const lines = [
  { title: "Effect 3", entry: "test/runtimes/core.ts", folder: ".runtimes", oldestNode: 20 },
  // @effect/platform-node 4 does not load on an older Node.
  {
    title: "Effect 4",
    entry: "effect4/test/runtimes/core.ts",
    folder: "effect4/.runtimes",
    oldestNode: oldestForEffect4[0]
  }
]

const bundle = ({ entry }, options) => build({ entryPoints: [entry], format: "esm", target: "es2022", ...options })

/** In Node also over its own clients. */
const main = `import { run } from "./core.mjs"
const [baseUrl, client] = process.argv.slice(2)
const clients = client === "fetch" ? {} : await import("@effect/platform-node/NodeHttpClient")
const http = client === "undici" ? clients.layerUndici : (clients.layerNodeHttp ?? clients.layer)
console.log(JSON.stringify(await run(baseUrl, http)))
process.exit(0)
`

const inProcess = ({ folder }, [name, executable], baseUrl, client) =>
  JSON.parse(
    execFileSync(executable, [...argumentsOf(name), join(folder, "main.mjs"), baseUrl, client], {
      encoding: "utf8",
      timeout: 120_000
    })
  )

/** Makes a picture with the command. */
const withCommand = (executable, out) => {
  const args = ["cli/bin/openrouter-images.js", "generate", "a red panda", "--emulator", "--out", out]
  const { status, stderr } = spawnSync(executable, args, { encoding: "utf8", timeout: 120_000 })
  return { checks: 1, problems: status === 0 ? [] : [stderr] }
}

/** A page of another origin than the emulator's, as in an app. */
const inChromium = async (line, baseUrl) => {
  const { outputFiles } = await bundle(line, { bundle: true, platform: "browser", minify: true, write: false })
  const page = createServer((request, response) => {
    const script = request.url === "/core.js"
    response.writeHead(200, { "content-type": script ? "text/javascript" : "text/html" })
    response.end(script ? outputFiles[0].text : "<!doctype html><title>core</title>")
  })
  await new Promise((resolve) => page.listen(0, "127.0.0.1", resolve))
  const browser = await launch()
  try {
    const tab = await browser.newPage()
    await tab.goto(`http://127.0.0.1:${page.address().port}/`)
    return await tab.evaluate((url) => import("/core.js").then(({ run }) => run(url)), baseUrl)
  } finally {
    await browser.close()
    page.close()
  }
}

const work = mkdtempSync(join(tmpdir(), "runtimes-"))
for (const line of lines) {
  mkdirSync(line.folder, { recursive: true })
  await bundle(line, { outfile: join(line.folder, "core.mjs") })
  writeFileSync(join(line.folder, "main.mjs"), main)
}
const emulator = await startEmulator()

const report = (name, { checks, problems }) => {
  console.log(`${name}: ${checks - problems.length} of ${checks} checks`)
  for (const problem of problems) console.error(`  ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}

try {
  const executables = [
    [`Node ${process.version}`, process.execPath],
    ...runtimes.map((name) => [name, download(work, name)])
  ]
  for (const [name, executable] of executables.filter(([name]) => name !== "Deno")) {
    report(`the command, ${name}`, withCommand(executable, work))
  }
  for (const line of lines) {
    for (const runtime of executables) {
      const [name] = runtime
      const node = Number(/^Node v?(\d+)/.exec(name)?.[1] ?? 0)
      const clients = node >= line.oldestNode ? ["fetch", "undici", "node:http"] : ["fetch"]
      for (const client of clients)
        report(`${line.title}, ${name}, ${client}`, inProcess(line, runtime, emulator.baseUrl, client))
    }
    report(`${line.title}, Chromium, fetch`, await inChromium(line, emulator.baseUrl))
  }
} finally {
  emulator.stop()
  rmSync(work, { recursive: true, force: true })
}
