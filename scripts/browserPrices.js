// What the check of the page asks about money: whose dollars these are, and whether all prices agree.
import { execFileSync } from "node:child_process"
import { check } from "./chromium.js"

const text = (tab, selector) => tab.locator(selector).textContent()
const settled = (tab) => tab.waitForFunction(() => document.querySelector("#price strong:not(.stale)") !== null)

/** The dollars of a text, each with the word behind it. */
const dollarsIn = (words) => words.match(/\$[\d.,]*\d( to \$[\d.,]*\d)?( \w+)?/g) ?? []

/** Dollars that nobody pays say so, and nobody is warned that they might pay them. */
export const checkEmulated = async (tab, state) => {
  const options = await tab.locator("option").allTextContents()
  // biome-ignore lint/performance/useDomNodeTextContent: what a person sees, which is not all of the text
  const words = [await tab.locator("body").innerText(), ...options].join("\n")
  const unmarked = dollarsIn(words).filter((one) => !one.endsWith(" emulated"))
  check(`all dollars are marked as emulated: ${state}`, unmarked.length === 0, unmarked)
  const warned = words.match(/pay twice|perhaps|not known whether|account's activity|is paid again/gi) ?? []
  check(`nothing warns of a bill: ${state}`, warned.length === 0, warned)
}

/** The price stands in three places, and the command itself names it when it is asked. */
const checkPrices = async (tab, { baseUrl, key }, state) => {
  await settled(tab)
  const line = await text(tab, "#price strong")
  const option = await text(tab, "#model option:checked")
  const beside = await text(tab, "#command-price")
  const command = (await text(tab, "#command")).replace("openrouter-images generate", '"$0" "$1" quote')
  const env = { ...process.env, OPENROUTER_API_KEY: key, OPENROUTER_BASE_URL: baseUrl }
  const args = ["-c", command.replace(" --emulator ", " "), process.execPath, "cli/dist/main.js"]
  const cost = /^cost +(?:from )?(.+)/.exec(execFileSync("sh", args, { env, encoding: "utf8", stdio: "pipe" }))?.[1]
  const all = [line, option.split(" · ")[1], beside, `${cost} emulated`]
  check(`prices agree: ${state}`, new Set(all).size === 1, all)
  return line.match(/[\d.]+/g).map(Number)
}

/** Parameters are those of the model, and each that is chosen makes the price more certain. */
export const checkParameters = async (tab, api) => {
  const fields = () =>
    tab.evaluate(() =>
      ["quality", "resolution", "format", "seed"].filter((id) => !document.querySelector(`#${id}-field`).hidden)
    )
  const model = tab.locator("#model")
  const first = await model.inputValue()
  await model.selectOption("openai/gpt-image-1-mini")
  const offered = [await fields()]
  await model.selectOption("bytedance-seed/seedream-5-lite")
  offered.push(await fields())
  const right = [
    ["quality", "resolution", "format"],
    ["resolution", "format", "seed"]
  ]
  check("a model's parameters can be chosen, and no others", `${offered}` === `${right}`, offered)
  await tab.locator("#pictures").fill("4")
  const range = await checkPrices(tab, api, "four pictures")
  await tab.locator("#pictures").fill("1")
  await tab.locator("#seed").fill("7")
  await tab.locator("#prompt").fill(`-a "shop's" $sign`)
  const one = await checkPrices(tab, api, "one picture")
  await tab.locator("#resolution").selectOption("1K")
  const narrow = await checkPrices(tab, api, "of 1K")
  await tab.locator("#resolution").selectOption("4K")
  const large = await checkPrices(tab, api, "of 4K")
  const widths = [range, one, narrow].map((all) => all.at(-1) - all[0])
  check("the price narrows with pictures and resolution", widths[0] > widths[1] && widths[1] > widths[2], widths)
  check("a larger picture costs more at most", large.at(-1) > narrow.at(-1), [narrow, large])
  await model.selectOption("google/gemini-3-pro-image")
  await tab.locator("#resolution").selectOption("2K")
  await settled(tab)
  check(
    "an exact price is one amount",
    (await text(tab, "#price strong")) === "$0.134 emulated",
    await text(tab, "#price")
  )
  await model.selectOption(first)
  await tab.locator("#prompt").fill("A lighthouse above a calm sea at dusk")
  await settled(tab)
}
