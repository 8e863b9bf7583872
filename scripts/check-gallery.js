// Writes the gallery of 5,000 pictures and uses it as a person does in a headless Chromium, from its file.
// `--screenshots FOLDER` keeps pictures of the page.
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import { GeneratedImage, Provenance } from "effect-openrouter-images"
import { check, launch } from "./chromium.js"

const { screenshots } = parseArgs({ options: { screenshots: { type: "string" } } }).values
const total = 5000
const hostile = `'; touch "$(pwd)/owned" #\n<script>alert(1)</script>"><img src=x onerror=alert(1)>\u001b[201~\u0003`
const folder = mkdtempSync(join(tmpdir(), "gallery-"))
const cli = (...args) =>
  execFileSync(process.execPath, ["cli/dist/main.js", ...args], { encoding: "utf8", stdio: "pipe" })

const things = [
  "a lighthouse",
  "a red panda",
  "a walnut desk",
  "a stoneware teapot",
  "a paper boat",
  "a fox in the snow"
]
const scenes = ["at dusk", "seen from above", "in soft studio light", "on a wooden table by the window", "as a woodcut"]
const models = ["bytedance-seed/seedream-5-lite", "black-forest-labs/flux.2-klein-4b", "krea/krea-2"]

/** Pictures of the emulator, with the provenance of many. The first half was paid. */
const make = () => {
  const drawn = things.map((prompt) => {
    const size = ["--size", "320x320", "--seed", "1", "--model", models[0]]
    const [file] = cli("generate", prompt, ...size, "--emulator", "--out", join(folder, "drawn")).split("\n")
    return GeneratedImage.make(new Uint8Array(readFileSync(file)))
  })
  const pictures = join(folder, "pictures")
  mkdirSync(pictures)
  for (let i = 0; i < total; i += 1) {
    const prompt = i === total - 1 ? hostile : `${things[i % things.length]} ${scenes[i % scenes.length]}, number ${i}`
    const provenance = new Provenance.Provenance({
      request: { model: models[i % models.length], prompt, seed: i },
      created: 1_790_000_000 + i * 600,
      costUsd: (1 + (i % 9)) / 100,
      generationId: `gen-img-${1_790_000_000 + i * 600}-${i < total / 2 ? "TOdyb7qrp618" : "emulated"}5EBMwzAVxxxx`
    })
    writeFileSync(join(pictures, `${i}.png`), Provenance.write(drawn[i % drawn.length], provenance).bytes)
  }
  return pictures
}

const open = async (browser, options) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  await context.grantPermissions(["clipboard-read", "clipboard-write"])
  const tab = await context.newPage()
  const heard = []
  tab.on("console", (message) => heard.push(message.text()))
  tab.on("pageerror", ({ message }) => heard.push(message))
  tab.on("dialog", (dialog) => dialog.dismiss().then(() => heard.push("a dialog")))
  tab.setDefaultTimeout(60_000)
  return { heard, tab }
}

const shot = async (tab, name) => {
  if (screenshots === undefined) return
  mkdirSync(screenshots, { recursive: true })
  await tab.screenshot({ path: join(screenshots, `${name}.png`) })
}

const arePainted = (tab) =>
  tab.waitForFunction(() =>
    [...document.querySelectorAll("#pictures > li:not([hidden]) img, dialog[open] img")]
      .filter((image) => image.checkVisibility() && image.getBoundingClientRect().top < innerHeight)
      .filter((image) => image.getBoundingClientRect().bottom > 0)
      .every((image) => image.complete && image.naturalWidth > 0)
  )

/** The longest task while something is done, in milliseconds. */
const longestTask = async (tab, act) => {
  await tab.evaluate(() => {
    globalThis.tasks = [0]
    globalThis.observer = new PerformanceObserver((all) =>
      tasks.push(...all.getEntries().map(({ duration }) => duration))
    )
    observer.observe({ entryTypes: ["longtask"] })
  })
  await act()
  return tab.evaluate(() => new Promise((resolve) => setTimeout(() => resolve(Math.round(Math.max(...tasks))), 500)))
}

const scrollThrough = (tab) =>
  tab.evaluate(
    () =>
      new Promise((resolve) => {
        const step = () => {
          scrollBy(0, 2000)
          if (scrollY + innerHeight >= document.documentElement.scrollHeight - 1) resolve()
          else requestAnimationFrame(step)
        }
        step()
      })
  )

const measure = async (tab, page) => {
  await tab.goto(page)
  const paint = await tab.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime)
  const loaded = await tab.evaluate(() => performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd)
  const scrolling = await longestTask(tab, () => scrollThrough(tab))
  await tab.evaluate(() => scrollTo(0, 0))
  const typing = await longestTask(tab, () =>
    tab.locator("#search").pressSequentially("red panda woodcut", { delay: 120 })
  )
  await tab.locator("#search").press("Escape")
  const sorting = await longestTask(tab, () => tab.locator("#sort").selectOption("dearest"))
  await tab.locator("#sort").selectOption("newest")
  const size = (statSync(new URL(page)).size / 1e6).toFixed(1)
  console.log(
    `${total} pictures, ${size} MB of HTML: first paint after ${Math.round(paint)} ms, all parsed after ${Math.round(loaded)} ms`
  )
  console.log(
    `longest task while scrolling through ${scrolling} ms, while typing ${typing} ms, while sorting ${sorting} ms`
  )
}

const shown = (tab) => tab.locator("#pictures > li")
const found = (tab, pattern) => tab.locator("#found").filter({ hasText: pattern }).waitFor({ state: "attached" })
const text = (tab, selector) => tab.locator(selector).textContent()

const checkHead = async (tab) => {
  const title = await text(tab, "h1")
  check(
    "the title tells how many pictures and their days",
    /^5000 pictures, 21 September to \d+ October 2026$/.test(title),
    title
  )
  const costs = await text(tab, "#costs")
  check(
    "what was paid and what was emulated are two sums",
    /^\$[\d.,]+, and \$[\d.,]+ \(emulated: nothing is billed\)$/.test(costs),
    costs
  )
  const words = await tab.evaluate(() => document.body.textContent)
  check("nothing warns of paying twice", !/pay twice|perhaps/i.test(words))
}

const checkSearch = async (tab) => {
  await tab.keyboard.press("/")
  await tab.keyboard.type("PANDA woodcut")
  await found(tab, /of 5,000 found/)
  const expected = Array.from({ length: total - 1 }, (_, i) => i).filter((i) => i % 6 === 1 && i % 5 === 4).length
  await found(tab, new RegExp(`^${expected} of`))
  const prompts = await tab.locator("#pictures .prompt").allTextContents()
  check(
    "a search finds prompts",
    prompts.length > 3 && prompts.every((one) => /red panda as a woodcut/.test(one)),
    prompts
  )
  await tab.keyboard.press("Escape")
  await found(tab, /^$/)
  await tab.keyboard.press("/")
  await tab.keyboard.type("krea-2")
  await found(tab, /^1,666 of/)
  const named = await tab.locator("#pictures .model").allTextContents()
  check("a search finds models", new Set(named).size === 1, named)
  await tab.keyboard.press("Escape")
  await found(tab, /^$/)
}

const checkSort = async (tab) => {
  const first = async (order) => {
    await tab.locator("#sort").selectOption(order)
    return shown(tab)
      .first()
      .evaluate((card) => [
        Number(card.dataset.time),
        Number(card.dataset.cost),
        card.querySelector(".model").textContent
      ])
  }
  const oldest = await first("oldest")
  const dearest = await first("dearest")
  const cheapest = await first("cheapest")
  const byModel = await first("model")
  const newest = await first("newest")
  const right = oldest[0] === 1_790_000_000 && newest[0] === 1_790_000_000 + (total - 1) * 600
  check(
    "pictures are sorted by time, cost and model",
    right && dearest[1] === 0.09 && cheapest[1] === 0.01 && byModel[2] === models[1],
    [oldest, dearest, cheapest, byModel, newest]
  )
}

const current = (tab) => tab.evaluate(() => document.activeElement.closest("li")?.id)

/** Waits for the focus: a dialog says a moment later that it is closed. */
const focusComesTo = (tab, id) =>
  tab
    .waitForFunction((id) => document.activeElement.closest("li")?.id === id, id)
    .then(() => true)
    .catch(() => false)

const checkKeys = async (tab) => {
  await tab.evaluate(() => document.activeElement.blur())
  await tab.keyboard.press("ArrowRight")
  await tab.keyboard.press("ArrowRight")
  await tab.keyboard.press("ArrowDown")
  const columns = await tab.evaluate(
    () => getComputedStyle(document.querySelector("#pictures")).gridTemplateColumns.split(" ").length
  )
  const isThere = await focusComesTo(tab, `picture-${2 + columns}`)
  check("arrows go from picture to picture", isThere, await current(tab))
  await tab.keyboard.press("Enter")
  await tab.keyboard.press("ArrowRight")
  const position = await text(tab, "#position")
  check("Enter shows a picture whole, and an arrow the next one", position === `${3 + columns} of 5,000`, position)
  await arePainted(tab)
  const facts = await text(tab, "#facts")
  check(
    "it is told with its provenance",
    /model.*seed.*cost.*emulated: nothing is billed.*made.*UTC.*generation/s.test(facts),
    facts
  )
  await tab.keyboard.press("Escape")
  const isBack = await focusComesTo(tab, `picture-${3 + columns}`)
  check("Escape leads back to its card", isBack, await current(tab))
}

/** The hostile prompt is that of the newest picture; what is copied is asked of a shell. */
const checkCopies = async (tab) => {
  await shown(tab).first().locator("a").click()
  await tab.locator("#copy-prompt").click()
  await tab.locator("#copied").filter({ hasText: "Copied" }).waitFor()
  const copied = () => tab.evaluate(() => navigator.clipboard.readText())
  const printable = hostile.replace("\u001b", "").replace("\u0003", "")
  check("the prompt is copied as it is", (await copied()) === printable, await copied())
  await tab.locator("#copy-command").click()
  await tab.waitForFunction(async () => (await navigator.clipboard.readText()).startsWith("openrouter-images"))
  const command = await copied()
  const words = execFileSync(
    "sh",
    [
      "-c",
      command.replace("openrouter-images", `"$0" -e 'console.log(JSON.stringify(process.argv.slice(1)))' --`),
      process.execPath
    ],
    { cwd: folder, encoding: "utf8" }
  )
  const expected = [
    "generate",
    printable,
    "--model",
    models[(total - 1) % 3],
    "--seed",
    String(total - 1),
    "--emulator"
  ]
  check(
    "a shell reads the command as its words, and runs nothing else",
    words.trim() === JSON.stringify(expected) && !readdirSync(folder).includes("owned"),
    words
  )
  await tab.keyboard.press("Escape")
}

const checkWithoutScript = async (browser, page) => {
  const { tab } = await open(browser, { javaScriptEnabled: false })
  await tab.goto(page)
  const first = tab.locator("#pictures > li").nth(3)
  await first.locator("img").scrollIntoViewIfNeeded()
  await first.locator("summary").click()
  check(
    "without its script the page shows pictures and their facts",
    (await first.locator("dl").isVisible()) && (await first.locator("img").isVisible())
  )
  check("without its script the page offers nothing that needs it", !(await tab.locator("#tools").isVisible()))
  await shot(tab, "without-script")
}

const browser = await launch()
try {
  const pictures = make()
  const began = performance.now()
  console.log(cli("gallery", pictures).trim())
  console.log(`written in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  const page = pathToFileURL(join(pictures, "index.html")).href
  const { heard, tab } = await open(browser, { colorScheme: "light" })
  await measure(tab, page)
  await checkHead(tab)
  await checkSearch(tab)
  await checkSort(tab)
  await checkKeys(tab)
  await checkCopies(tab)
  for (const [scheme, width] of [
    ["light", 1280],
    ["dark", 1280],
    ["dark", 390]
  ]) {
    const other = await open(browser, { colorScheme: scheme, viewport: { width, height: 844 } })
    await other.tab.goto(page)
    await arePainted(other.tab)
    await shot(other.tab, `grid-${scheme}-${width}`)
    const wide = await other.tab.evaluate(() => document.documentElement.scrollWidth)
    check(`the page fits a window of ${width} pixels`, wide <= width, wide)
    await shown(other.tab).nth(1).locator("a").click()
    await arePainted(other.tab)
    await shot(other.tab, `picture-${scheme}-${width}`)
    heard.push(...other.heard)
  }
  await checkWithoutScript(browser, page)
  check("neither the console nor the policy has anything to say", heard.length === 0, heard)
} catch (error) {
  check("the page comes so far", false, String(error))
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
