// Uses the React example in a headless Chromium as a person does: previews, the picture and its cost, cancelling, leaving, a failure.
// `--screenshot FILE` keeps a picture of the page.
import { createServer } from "node:http"
import { parseArgs } from "node:util"
import { build } from "esbuild"
import { check, launch } from "./chromium.js"
import { startEmulator } from "./emulator.js"

const { screenshot } = parseArgs({ options: { screenshot: { type: "string" } } }).values

const { outputFiles } = await build({
  entryPoints: ["examples/react/src/main.tsx"],
  tsconfig: "examples/react/tsconfig.json",
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
  // React shows each component twice in development, which must not pay twice.
  define: { "process.env.NODE_ENV": '"development"' }
})
const page = createServer((request, response) => {
  const isScript = request.url === "/main.js"
  response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" })
  response.end(
    isScript
      ? outputFiles[0].text
      : '<!doctype html><title>Draw</title><div id="root"></div><script type="module" src="/main.js"></script>'
  )
})
await new Promise((resolve) => page.listen(0, "127.0.0.1", resolve))
const emulator = await startEmulator()
const browser = await launch()

const ask = async (path, body) => {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }
  return (await fetch(emulator.baseUrl.replace("/api/v1", path), init)).json().catch(() => undefined)
}
const slow = { _tag: "Pace", chunkBytes: 20_000, everyMillis: 60 }
const stalled = { _tag: "Stall", at: "body", bytes: 200_000 }

try {
  const tab = await browser.newPage({ viewport: { width: 800, height: 900 } })
  tab.setDefaultTimeout(60_000)
  await tab.goto(`http://127.0.0.1:${page.address().port}/?api=${encodeURIComponent(emulator.baseUrl)}`)
  const draw = async (prompt, fault) => {
    await ask("/emulator/reset", {})
    if (fault !== undefined) await ask("/emulator/script", [fault])
    await tab.getByLabel("Prompt").fill(prompt)
    await tab.getByRole("button", { name: "Draw" }).click()
  }

  await draw("a paper boat", slow)
  const preview = tab.getByAltText("A preview")
  await preview.waitFor()
  const first = await preview.getAttribute("src")
  await tab.waitForFunction((src) => ![null, src].includes(document.querySelector("img")?.getAttribute("src")), first)
  await tab.getByAltText("a paper boat").waitFor()
  const ledger = await ask("/emulator/ledger")
  check("previews come, then the picture", (await preview.count()) === 0)
  check("it is drawn and paid for once, though React shows it twice", ledger.length === 1, ledger)
  const cost = await tab.locator("figcaption").textContent()
  check("the cost is what was billed", cost === `$${ledger[0]?.costUsd}`, cost)
  if (screenshot !== undefined) await tab.screenshot({ path: screenshot })

  await draw("a fox", stalled)
  await tab.getByText("Drawing…").or(preview).first().waitFor()
  const closed = tab.waitForEvent("requestfailed")
  await tab.getByRole("button", { name: "Cancel" }).click()
  check("cancelling closes the connection", (await closed).url().endsWith("/images"))
  check("and shows nothing", (await tab.locator("form img, form p").count()) === 0)

  await draw("a dog", stalled)
  await tab.getByText("Drawing…").or(preview).first().waitFor()
  const left = tab.waitForEvent("requestfailed")
  await tab.getByRole("button", { name: "Hide" }).click()
  check("a component that goes closes it too", (await left).url().endsWith("/images"))

  await tab.getByRole("button", { name: "Show" }).click()
  await draw("a cat", { _tag: "Status", status: 403 })
  const alert = await tab.getByRole("alert").textContent()
  check("a failure says what it cost", alert.includes("Nothing was billed."), alert)
} finally {
  await browser.close()
  emulator.stop()
  page.close()
}
