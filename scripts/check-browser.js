// Builds the page of browser/, serves it on 127.0.0.1, and uses it as a person does in a headless Chromium, with the emulator as its API.
// `--screenshot FILE` keeps a picture of the page with its first finished picture.
import { once } from "node:events"
import { readdirSync, readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { gzipSync } from "node:zlib"
import { build, serveBuilt } from "../browser/serve.js"
import { checkEmulated, checkParameters } from "./browserPrices.js"
import { check, launch } from "./chromium.js"
import { startEmulator } from "./emulator.js"
import { watchedProxy } from "./watchedProxy.js"

const { screenshot } = parseArgs({ options: { screenshot: { type: "string" } } }).values
const patience = 20_000
const key = "sk-or-v1-typed-into-the-page"

/** Runs in the page before its own program: notes every picture that is shown, where it stands, and the addresses that are not revoked. */
const notePictures = () => {
  const notes = { previews: [], clocks: [], finals: 0, places: [], urls: new Set() }
  const { createObjectURL, revokeObjectURL } = URL
  URL.createObjectURL = (blob) => {
    const url = createObjectURL(blob)
    notes.urls.add(url)
    return url
  }
  URL.revokeObjectURL = (url) => {
    notes.urls.delete(url)
    revokeObjectURL(url)
  }
  notes.place = (element) => {
    const { height, width, x, y } = element.getBoundingClientRect()
    notes.places.push([x, y + scrollY, width, height].map(Math.round).join(" "))
  }
  const pixelsOf = (image) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 })
    canvas.getContext("2d").drawImage(image, 0, 0, 64, 64)
    return canvas.toDataURL()
  }
  const onLoad = ({ target }) => {
    if (!(target instanceof HTMLImageElement)) return
    notes.place(target)
    if (target.dataset["kind"] === "final") notes.finals += 1
    else if (notes.finals === 0) {
      notes.previews.push(pixelsOf(target))
      notes.clocks.push(document.querySelector("#clock").textContent)
    }
  }
  document.addEventListener("load", onLoad, { capture: true })
  globalThis.notes = notes
}

/** A tab, and what it says and asks for. */
const open = async (browser) => {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  const said = []
  const asked = []
  tab.on("console", (message) => said.push({ type: message.type(), text: message.text() }))
  tab.on("pageerror", ({ message }) => said.push({ type: "error", text: message }))
  tab.on("request", (request) => asked.push(request.url()))
  tab.setDefaultTimeout(patience)
  await tab.addInitScript(notePictures)
  return { tab, said, asked }
}

const text = (tab, selector) => tab.locator(selector).textContent()
const until = (tab, selector, pattern) => tab.locator(selector).filter({ hasText: pattern }).waitFor()

/** What a person needs at any time, without scrolling. */
const checkInView = async (tab, state) => {
  const hidden = await tab.evaluate(() => {
    const isSeen = (element) => {
      const { bottom, left, right, top } = element.getBoundingClientRect()
      const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
      return scrollY === 0 && top >= 0 && bottom <= innerHeight && element.contains(at)
    }
    return ["#generate", "#cancel", "#price"].filter((id) => !isSeen(document.querySelector(id)))
  })
  check(`Generate, Cancel and the price are in view: ${state}`, hidden.length === 0, hidden)
}

const checkForm = async (tab) => {
  await until(tab, "#price", /\$/)
  await tab.waitForFunction(() =>
    [...document.querySelectorAll("#model option")].every(({ text }) => text.includes("·"))
  )
  const models = await tab.locator("#model option").allInnerTexts()
  const priced = models.filter((model) => /· (\$|free|from \$|needs a reference|nobody serves)/.test(model))
  check(
    `${models.length} models are listed with their prices`,
    models.length > 9 && priced.length === models.length,
    models
  )
  const abilities = await tab.locator("#capabilities li").allInnerTexts()
  check("what the chosen model can do is told", abilities.includes("shows previews"), abilities)
  const nameless = await tab.evaluate(() =>
    [...document.querySelectorAll("input, select, textarea, button")]
      .filter((one) => !one.labels?.length && !one.ariaLabel && !one.textContent.trim())
      .map((one) => one.outerHTML)
  )
  check("every control has a name", nameless.length === 0, nameless)
  await checkInView(tab, "empty")
  await checkEmulated(tab, "empty")
}

const checkGeneration = async (tab, origin) => {
  await tab.locator("#key-box summary").click()
  await tab.locator("#key").fill(key)
  await tab.locator("#key-box summary").click()
  await tab.evaluate(() => notes.place(document.querySelector(".frame")))
  await tab.locator("#generate").click()
  await until(tab, "#status", /Drawing: preview \d/)
  await checkInView(tab, "generating")
  await checkEmulated(tab, "generating")
  await until(tab, "#status", /1 picture finished/)
  await tab.waitForFunction(() => globalThis.notes.finals > 0)
  const { clocks, places, previews, urls } = await tab.evaluate(() => ({ ...notes, urls: notes.urls.size }))
  check("several different previews come before the picture", new Set(previews).size > 1, previews.length)
  check("the time goes on meanwhile", new Set(clocks).size > 1 && clocks.every((one) => / s$/.test(one)), clocks)
  check("nothing moves when pictures come", new Set(places).size === 1, places)
  check("the addresses of the previews are revoked", urls === 1, urls)
  const caption = await text(tab, "figcaption")
  check(
    "the picture is told with type and size, to download",
    /image\/png · 1024 × 1024 · \d+ kB\s*Download/.test(caption),
    caption
  )
  const [billed] = await (await fetch(`${origin}/emulator/ledger`)).json()
  const shown = [await text(tab, ".facts dd >> nth=0"), await text(tab, ".total")]
  check(
    "cost and total are what was billed",
    shown.every((one) => one === `$${Number(billed.costUsd.toPrecision(4))} emulated`),
    [shown, billed]
  )
  await checkInView(tab, "finished")
  await checkEmulated(tab, "finished")
  await tab.locator(".fields").evaluate((fields) => fields.scrollTo(0, 0))
  if (screenshot !== undefined) await tab.screenshot({ path: screenshot, fullPage: true })
}

const checkKey = async (tab, { asked, said }, { generations }) => {
  check("the typed key is sent", generations[0]?.request.includes(`Bearer ${key}`) === true, generations.length)
  const places = await tab.evaluate(() => [
    document.documentElement.outerHTML,
    ...[...document.querySelectorAll("input, textarea")].map(({ value }) => value),
    JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }),
    document.cookie,
    location.href
  ])
  const found = [...places, ...asked, ...said.map((one) => one.text)].filter((place) => place.includes(key))
  check("the key is nowhere in the page, its storage, its console or an address", found.length === 0, found.length)
}

/** The script's faults are for the next answers; with this choice the page asks for none of its own. */
const scripted = async (tab, origin, fault) => {
  await fetch(`${origin}/emulator/script`, { method: "POST", body: JSON.stringify([fault]) })
  await tab.locator("#rehearsal").selectOption("plain")
}

const checkCancel = async (tab, origin, { generations }) => {
  await scripted(tab, origin, { _tag: "Pace", chunkBytes: 4096, everyMillis: 250 })
  await tab.locator("#generate").click()
  await until(tab, "figcaption", /Preview \d of about 3/)
  await until(tab, "#signs", /heard/)
  const { socket, ...before } = generations.at(-1)
  // A browser may reset the connection, which is an end like any other.
  const closed =
    socket.destroyed ||
    once(socket, "close", { signal: AbortSignal.timeout(patience) }).then(
      () => true,
      ({ code }) => code === "ECONNRESET"
    )
  await tab.locator("#cancel").click()
  await until(tab, "#status", /^Cancelled$/)
  const isClosed = await closed
  check("Cancel closes the socket", isClosed, before)
  await checkInView(tab, "cancelled")
  await checkEmulated(tab, "cancelled")
}

const checkError = async (tab, origin) => {
  await scripted(tab, origin, { _tag: "Status", status: 402 })
  await tab.locator("#prompt").press("Control+Enter")
  await until(tab, "#status", /^Failed$/)
  const alert = await tab.getByRole("alert").textContent()
  const parts = ["PaymentRequiredResponseError (402)", "Nothing was billed.", "Add credits to the account"]
  check(
    "a 402, sent by keyboard, shows what happened, its cost and what to do",
    parts.every((part) => alert.includes(part)),
    alert
  )
  await checkInView(tab, "failed")
  await scripted(tab, origin, { _tag: "Reset", at: "body" })
  await tab.locator("#generate").click()
  await until(tab, "#status", /^Failed$/)
  await until(tab, "#trouble", /ConnectionError/)
  await checkEmulated(tab, "failed")
}

/** Where money is paid, what is not known of a bill is said. */
const checkPaid = async (browser, address, emulator) => {
  const { asked, tab } = await open(browser)
  await tab.route("https://openrouter.ai/**", async (route) => {
    const request = route.request()
    if (request.method() === "POST") return route.abort("connectionreset")
    const url = request.url().replace("https://openrouter.ai/api/v1", emulator.baseUrl)
    const answer = await route.fetch({ url })
    return route.fulfill({ response: answer, headers: { ...answer.headers(), "access-control-allow-origin": "*" } })
  })
  await tab.goto(address)
  await until(tab, "#price", /\$/)
  await tab.locator("#key").fill(key)
  await checkInView(tab, "with a field for the key")
  await tab.locator("#generate").click()
  await until(tab, "#status", /^Failed$/)
  const notice = await text(tab, "#trouble")
  check("where money is paid, a lost answer may be paid twice", /may pay twice/.test(notice), notice)
  const total = await text(tab, "#session")
  check("the total tells what may be billed", /perhaps \$[\d.]+ more/.test(total), total)
  // biome-ignore lint/performance/useDomNodeTextContent: what a person sees, which is not all of the text
  const words = await tab.locator("body").innerText()
  check("dollars that are paid are not said to be emulated", !/emulated/i.test(words), words)
  check(
    "it asks OpenRouter",
    asked.some((url) => url.startsWith("https://openrouter.ai/")),
    asked
  )
}

/** A link can name an address for the API, and the key would go there. */
const checkLink = async (browser, address) => {
  const { asked, tab } = await open(browser)
  await tab.route("https://**", (route) => route.abort())
  await tab.goto(`${address}?api=https://stranger.invalid/api/v1`)
  await until(tab, "#where", /openrouter\.ai/)
  await until(tab, "#trouble", /ConnectionError/)
  const strangers = asked.filter((url) => url.startsWith("https://stranger."))
  check("a link cannot send the key to a stranger", strangers.length === 0, strangers)
  check("when no models can be listed, the page says why", /could not be listed/.test(await text(tab, "#status")), "")
}

const checkQuiet = ({ asked, said }, own) => {
  // Chromium itself says so of the answer that was asked for.
  const errors = said.filter(
    ({ text, type }) => type === "error" && !/status of 402|ERR_(CONNECTION|CONTENT_LENGTH)/.test(text)
  )
  check("the console has no error", errors.length === 0, errors)
  const others = asked.filter((url) => !/^(blob|data):/.test(url) && !own.includes(new URL(url).origin))
  check("no other host is asked for anything", others.length === 0, others)
}

const reportSize = () => {
  const folder = "browser/dist/assets"
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"))
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(`${folder}/${name}`)).length, 0)
  console.log(`the page's JavaScript: ${(bytes / 1024).toFixed(1)} KiB minified and gzipped`)
}

await build()
reportSize()
const emulator = await startEmulator()
const proxy = await watchedProxy(emulator.baseUrl)
const page = await serveBuilt()
const browser = await launch()
try {
  const { tab, ...heard } = await open(browser)
  const { origin } = new URL(emulator.baseUrl)
  await tab.goto(`${page.address}?api=${proxy.origin}/api/v1`)
  await checkForm(tab)
  await checkParameters(tab, { baseUrl: emulator.baseUrl, key })
  await checkGeneration(tab, origin)
  await checkKey(tab, heard, proxy)
  await checkCancel(tab, origin, proxy)
  await checkError(tab, origin)
  await checkPaid(browser, page.address, emulator)
  await checkLink(browser, page.address)
  checkQuiet(heard, [new URL(page.address).origin, proxy.origin])
} catch (error) {
  check("the page comes so far", false, String(error))
} finally {
  await browser.close()
  await page.stop()
  proxy.stop()
  emulator.stop()
}
