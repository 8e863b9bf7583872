// Runs test/runtimes/core.ts on the built package in every runtime that the library promises: this Node, the other supported
// lines of Node and Bun (as the npm registry has them), and a headless Chromium, each against the emulator.
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build } from "esbuild"
import { launch } from "./chromium.js"
import { startEmulator } from "./emulator.js"
import { download, runtimes } from "./runtimes.js"

const folder = ".runtimes"
const bundle = (options) =>
  build({ entryPoints: ["test/runtimes/core.ts"], format: "esm", target: "es2022", ...options })

/** In Node also over undici. */
const main = `import { run } from "./core.mjs"
const [baseUrl, client] = process.argv.slice(2)
const http = client === "undici" ? (await import("@effect/platform-node/NodeHttpClient")).layerUndici : undefined
console.log(JSON.stringify(await run(baseUrl, http)))
process.exit(0)
`

const inProcess = (executable, baseUrl, client = "fetch") =>
  JSON.parse(
    execFileSync(executable, [join(folder, "main.mjs"), baseUrl, client], { encoding: "utf8", timeout: 120_000 })
  )

/** A page of another origin than the emulator's, as in an app. */
const inChromium = async (baseUrl) => {
  const { outputFiles } = await bundle({ bundle: true, platform: "browser", minify: true, write: false })
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
mkdirSync(folder, { recursive: true })
await bundle({ outfile: join(folder, "core.mjs") })
writeFileSync(join(folder, "main.mjs"), main)
const emulator = await startEmulator()

const report = (name, { checks, problems }) => {
  console.log(`${name}: ${checks - problems.length} of ${checks} checks`)
  for (const problem of problems) console.error(`  ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}

try {
  const executables = [
    [`Node ${process.version}`, () => process.execPath],
    ...runtimes.map((name) => [name, () => download(work, name)])
  ]
  for (const [name, find] of executables) {
    const executable = find()
    report(`${name}, fetch`, inProcess(executable, emulator.baseUrl))
    if (name.startsWith("Node")) report(`${name}, undici`, inProcess(executable, emulator.baseUrl, "undici"))
  }
  report("Chromium, fetch", await inChromium(emulator.baseUrl))
} finally {
  emulator.stop()
  rmSync(work, { recursive: true, force: true })
}
