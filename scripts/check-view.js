// Runs a job over the emulator and looks at it in a headless Chromium, as a person does: counts that change, pictures that come, what failed.
// `--screenshots FOLDER` keeps pictures of the pages; `--stay` leaves it running until it is interrupted.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { FetchHttpClient, HttpServer } from "@effect/platform"
import { NodeContext, NodeHttpServer } from "@effect/platform-node"
import { Effect, Layer, Logger, LogLevel, ManagedRuntime, Redacted, Schedule } from "effect"
import { Client, GeneratedImage, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { View } from "effect-openrouter-images-jobs-view"
import { check, launch } from "./chromium.js"
import { checkCharts, checkHistory } from "./viewCharts.js"

const { screenshots, stay } = parseArgs({
  options: { screenshots: { type: "string" }, stay: { type: "boolean" } }
}).values
const patience = 60_000
const job = "Autumn catalogue"
const total = 60
const trial = "Trial"

const things = [
  "A walnut writing desk",
  "A brass reading lamp",
  "A wool blanket in ochre",
  "A stoneware teapot",
  "A linen armchair",
  "A round jute rug"
]
const scenes = [
  "by a window with low morning light, long shadows on a wooden floor",
  "on a white table, three quarter view, soft studio light",
  "in a small library, rain on the glass",
  "on a terrace at dusk, paper lanterns out of focus",
  "seen from above, nothing else in the frame"
]
const models = ["bytedance-seed/seedream-5-lite", "recraft/recraft-v4-svg"]
const requests = Array.from({ length: total }, (_, i) => ({
  model: models[i % 7 === 3 ? 1 : 0],
  prompt:
    i === 5
      ? '<script>alert(1)</script> & "quotes" on a shop\'s sign'
      : `${things[i % things.length]} ${scenes[(i * 2 + (i % 4)) % scenes.length]}`,
  aspectRatio: ["1:1", "3:2", "2:3"][i % 3],
  ...(i === 8 ? { n: 4 } : {})
}))

/** Each answer takes its time, and some are failures. */
const faults = requests.map((_, i) => {
  const slow = { delayMillis: 350 }
  if ([4, 17, 23, 31].includes(i))
    return { _tag: "Status", status: 403, error: { message: "The prompt was flagged by moderation: violence" } }
  if ([11, 38].includes(i))
    return { _tag: "Status", status: 400, error: { message: "size 9999x9999 is not supported by this model" } }
  if (i === 26) return { _tag: "Reset", at: "head", afterCompletion: true }
  return { _tag: "Pace", ...slow }
})

const folder = mkdtempSync(join(tmpdir(), "view-"))

/** A drawing that would run scripts. */
const evil = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="alert(1)"><script>alert(2)</script><rect width="9" height="9"/></svg>`

/** While `hostile` is set every SVG that is to be kept is such a one. */
let hostile = false
const store = Layer.effect(
  ImageStore.ImageStore,
  Effect.map(ImageStore.ImageStore, ({ get, put }) => ({
    get,
    put: (image) =>
      put(
        hostile && image.mediaType === "image/svg+xml"
          ? GeneratedImage.make(new TextEncoder().encode(evil), image.mediaType)
          : image
      )
  }))
).pipe(Layer.provide(ImageStore.layerFolder(join(folder, "pictures"))))

const live = Layer.mergeAll(Jobs.layer, Worker.layer({ concurrency: 3, onUnknown: "ask" }), View.layerServer()).pipe(
  Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 })),
  Layer.provide(
    Images.layer.pipe(
      Layer.provideMerge(
        Layer.unwrapEffect(
          Effect.map(Emulator.Emulator, ({ baseUrl }) => Client.layer({ apiKey: Redacted.make("any-key"), baseUrl }))
        )
      ),
      Layer.provide(FetchHttpClient.layer)
    )
  ),
  Layer.provideMerge(Emulator.layerServer()),
  Layer.provideMerge(store),
  Layer.provide(Sqlite.layer({ filename: join(folder, "jobs.db") })),
  Layer.provide(NodeContext.layer),
  Layer.provide(Logger.minimumLogLevel(LogLevel.Warning))
)
const runtime = ManagedRuntime.make(live)
const run = (effect) => runtime.runPromise(effect)

const until = (name, reached) =>
  run(Jobs.status(name).pipe(Effect.repeat({ until: reached, schedule: Schedule.spaced("100 millis") })))

const count = async (tab, part) => Number((await tab.locator(`[data-count="${part}"]`).textContent()).replace(",", ""))

const shot = async (tab, name, options = {}) => {
  if (screenshots === undefined) return
  mkdirSync(screenshots, { recursive: true })
  await tab.screenshot({ path: join(screenshots, `${name}.png`), ...options })
}

const open = async (browser, options) => {
  const tab = await (
    await browser.newContext({ viewport: { width: 1280, height: 1000 }, reducedMotion: "reduce", ...options })
  ).newPage()
  const heard = []
  tab.on("console", (message) => heard.push(`${message.type()}: ${message.text()}`))
  tab.on("pageerror", ({ message }) => heard.push(message))
  tab.on("dialog", (dialog) => {
    heard.push(`dialog: ${dialog.message()}`)
    dialog.dismiss()
  })
  tab.setDefaultTimeout(patience)
  return { tab, heard }
}

const arePainted = (tab) =>
  tab.waitForFunction(() =>
    [...document.querySelectorAll(".card img")]
      .filter((image) => image.getBoundingClientRect().top < innerHeight)
      .every((image) => image.complete && image.naturalWidth > 0)
  )

/** What a person sees while the job runs: all in one page that is never loaded again. */
const checkLive = async (tab, address) => {
  let loads = 0
  tab.on("load", () => (loads += 1))
  await tab.goto(`${address}/jobs/${encodeURIComponent(job)}`)
  await tab.locator('#live[data-state="live"]').waitFor()
  const before = await count(tab, "done")
  const cards = await tab.locator("#items .card").count()
  await tab.waitForFunction((many) => document.querySelectorAll("#items .card img").length > many + 3, cards)
  await arePainted(tab)
  const after = await count(tab, "done")
  check("the counts change and pictures come without a reload", after > before && loads === 1, { before, after, loads })
  check("the title tells how far it is", /^\d+ % · Autumn catalogue$/.test(await tab.title()), await tab.title())
  await tab.waitForFunction(() => document.querySelectorAll(".causes li").length >= 2)
  await arePainted(tab)
  await shot(tab, "running")
}

/** The pictures that stay are not loaded again. */
const checkStays = async (tab) => {
  await tab.evaluate(() => {
    globalThis.kept = document.querySelector("#items .card img")
  })
  const done = await count(tab, "done")
  await tab.waitForFunction(
    (before) => Number(document.querySelector('[data-count="done"]').textContent) > before + 1,
    done
  )
  check("a card that has not changed stays the same element", await tab.evaluate(() => globalThis.kept.isConnected))
}

const checkFailures = async (tab) => {
  const [scrolled, inner, outer] = await tab.locator("#causes").evaluate((list) => {
    list.scrollTop = list.scrollHeight
    const { clientHeight, scrollHeight, scrollTop } = list
    list.scrollTop = 0
    return [scrollTop, scrollHeight, clientHeight]
  })
  check("a long list of failures scrolls within its card", scrolled > 0 && inner > outer, [scrolled, inner, outer])
}

/** Other tabs need the connection more than one that nobody sees. */
const checkHidden = async (tab) => {
  const asked = []
  tab.on("request", (request) => asked.push(request.url()))
  const turn = (hidden) =>
    tab.evaluate((value) => {
      Object.defineProperty(document, "hidden", { configurable: true, value })
      document.dispatchEvent(new Event("visibilitychange"))
    }, hidden)
  await turn(true)
  const before = await count(tab, "done")
  await until(job, ({ done }) => done > before + 4)
  const hidden = await count(tab, "done")
  await turn(false)
  await tab.waitForFunction((old) => Number(document.querySelector('[data-count="done"]').textContent) > old, before)
  const events = asked.filter((url) => url.endsWith("/events"))
  check("a hidden tab rests, and catches up when it is seen", hidden === before && events.length === 1, {
    before,
    hidden,
    events
  })
}

const checkEnd = async (tab) => {
  await until(job, ({ undecided, running, waiting }) => undecided === 1 && running + waiting === 0)
  await tab.getByText("waits for a decision").first().waitFor()
  await tab.goto(`${tab.url().split("?")[0]}?state=undecided`)
  const question = await tab.locator(".card .ask").textContent()
  check("an undecided item asks its question", /May it be sent again\?/.test(question), question)
  await shot(tab, "undecided")
  const id = /Jobs\.decide\("(.+?)"/.exec(question)?.[1]
  await run(Jobs.decide(id, "fail"))
  await tab.locator(".badge.flawed").waitFor()
  const status = await run(Jobs.status(job))
  check(
    "at the end the counts are the job's",
    (await count(tab, "done")) === status.done && (await count(tab, "failed")) === status.failed,
    status
  )
  const causes = await tab.locator(".causes li").allInnerTexts()
  check(
    "what failed is grouped, with its cost and what to do",
    causes.length === 3 && causes.every((one) => /billed/.test(one)),
    causes
  )
}

const checkPages = async (tab, address) => {
  await tab.goto(`${address}/jobs/${encodeURIComponent(job)}`)
  const texts = []
  for (;;) {
    texts.push(...(await tab.locator(".cards .facts span:first-child").allInnerTexts()))
    const older = tab.locator('a[rel="next"]')
    if ((await older.count()) === 0) {
      await arePainted(tab)
      await shot(tab, "oldest")
      break
    }
    await older.click()
  }
  check("the pages have every item once", new Set(texts).size === total && texts.length === total, texts.length)
  await tab.goto(address)
  await tab.getByRole("link", { name: job }).click()
  await tab.locator("#items .card").first().waitFor()
}

const checkPhone = async (tab, address) => {
  for (const path of ["/", `/jobs/${encodeURIComponent(job)}`]) {
    await tab.goto(address + path)
    const width = await tab.evaluate(() => document.documentElement.scrollWidth)
    check(`${path} fits a phone`, width <= 360, width)
  }
}

/** A picture of the first job would run a script, on the page and opened by itself. */
const checkSvg = async (browser, address) => {
  const { heard, tab } = await open(browser)
  await tab.goto(`${address}/jobs/${trial}`)
  const image = tab.locator('.card img[src*="?v="]').first()
  await arePainted(tab)
  const link = await image.evaluate(({ parentElement, src }) => [parentElement.href, src])
  check("a picture leads to itself", link[0] === link[1], link)
  const before = heard.length
  const hrefs = await tab.locator(".card a").evaluateAll((links) => links.map(({ href }) => href))
  for (const href of hrefs) await tab.goto(href)
  const own = heard.filter((text) => !/^error: .*(sandboxed|Content Security Policy)/.test(text))
  check("a script in an SVG does not run", before === 0 && own.length === 0 && heard.length > 0, heard)
}

/** Another process that only looks, and asks who is there. */
const secret = "a-token-for-this-check"
const locked = ManagedRuntime.make(
  View.layerServer({ token: Redacted.make(secret) }).pipe(
    Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 })),
    Layer.provide(ImageStore.layerFolder(join(folder, "pictures"))),
    Layer.provide(Sqlite.layerClient({ filename: join(folder, "jobs.db") })),
    Layer.provide(NodeContext.layer),
    Layer.provide(Logger.minimumLogLevel(LogLevel.Warning))
  )
)

const checkToken = async (browser) => {
  const address = await locked.runPromise(HttpServer.addressFormattedWith(Effect.succeed))
  const { heard, tab } = await open(browser)
  const page = `${address}/jobs/${trial}?state=done`
  await tab.goto(page)
  await tab.getByLabel("Token").fill("this is not the token")
  await tab.getByRole("button").click()
  await tab.getByRole("alert").waitFor()
  await shot(tab, "token")
  await tab.getByLabel("Token").fill(secret)
  await tab.getByLabel("Token").press("Enter")
  await tab.locator(".card img").first().waitFor()
  await arePainted(tab)
  await tab.locator('#live[data-state="live"]').waitFor()
  const told = [await tab.evaluate(() => document.documentElement.outerHTML + document.cookie), tab.url(), ...heard]
  check(
    "a token opens the page that was asked for, and is nowhere in it",
    tab.url() === page && told.every((text) => !text.includes(secret)),
    tab.url()
  )
  // Chromium itself says so of the answers that ask for the token.
  const own = heard.filter((text) => !text.includes("status of 401"))
  check("nothing else is said meanwhile", own.length === 0, own)
}

const address = await run(HttpServer.addressFormattedWith(Effect.succeed))
const browser = await launch()
try {
  // The prices of the models are known from here on, so that the faults meet generations.
  hostile = true
  await run(
    Jobs.submit(
      models.map((model) => ({ model, prompt: "a first one" })),
      { job: trial, limitUsd: 1 }
    )
  )
  await until(trial, ({ finished }) => finished)
  hostile = false
  await run(Effect.flatMap(Emulator.Emulator, ({ script }) => script(faults)))
  await run(Jobs.submit(requests, { job, limitUsd: 4 }))
  const { tab, heard } = await open(browser, { colorScheme: "light" })
  await checkLive(tab, address)
  await checkStays(tab)
  await checkCharts(tab, { job, run, shot, until })
  await checkHidden(tab)
  await checkEnd(tab)
  await checkHistory(tab, { address, job, newTab: open(browser), run })
  await checkFailures(tab)
  await checkPages(tab, address)
  await arePainted(tab)
  await shot(tab, "light")
  const dark = await open(browser, { colorScheme: "dark" })
  await dark.tab.goto(`${address}/jobs/${encodeURIComponent(job)}`)
  await arePainted(dark.tab)
  await shot(dark.tab, "dark")
  await dark.tab.goto(address)
  await shot(dark.tab, "list-dark")
  const phone = await open(browser, { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 })
  await checkPhone(phone.tab, address)
  await arePainted(phone.tab)
  await shot(phone.tab, "phone")
  await checkToken(browser)
  await checkSvg(browser, address)
  const all = [heard, dark.heard, phone.heard].flat()
  check("neither the console nor the policy has anything to say", all.length === 0, all)
  if (stay) {
    console.log(address)
    await new Promise((resolve) => process.once("SIGINT", resolve))
  }
} catch (error) {
  check("the page comes so far", false, String(error))
} finally {
  await browser.close()
  await locked.dispose()
  await runtime.dispose()
  rmSync(folder, { recursive: true, force: true })
}
