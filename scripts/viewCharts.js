// The charts of a job in a browser, as scripts/check-view.js looks at them.
import { Jobs } from "effect-openrouter-images-jobs"
import { check } from "./chromium.js"

const chart = (tab, name) => tab.getByRole("img", { name })
const paceChart = "Items ended a minute"
const spendingChart = "Spent, in US dollars"

/** What the charts take of the page. */
const chartSizes = (tab) =>
  tab.evaluate(() =>
    ["#charts", ".plot"].flatMap((selector) =>
      [...document.querySelectorAll(selector)].map((element) => {
        const { height, width } = element.getBoundingClientRect()
        return [width, height]
      })
    )
  )

/** The charts grow while the job runs, show its pause, and move nothing. */
export const checkCharts = async (tab, { job, run, shot, until }) => {
  const drawn = () => tab.evaluate(() => document.querySelector(".plot .line").getAttribute("d"))
  const [sizes, line] = [await chartSizes(tab), await drawn()]
  await tab.waitForFunction((old) => document.querySelector(".plot .line").getAttribute("d") !== old, line)
  await run(Jobs.pause(job, { reason: "the first pictures are looked at" }))
  await tab.waitForFunction(() => document.querySelectorAll(".plot rect.paused").length === 2)
  await until(job, ({ running }) => running === 0)
  await shot(tab, "paused")
  const text = await chart(tab, paceChart).locator("desc").textContent()
  check(
    "a pause is in the charts, and in their words",
    /and still is: the first pictures are looked at\.$/.test(text),
    text
  )
  await run(Jobs.resume(job))
  await tab.waitForFunction(
    () =>
      !document.querySelector("#pace-text").textContent.includes("still is") &&
      document.querySelector(".plot rect.paused")
  )
  const after = await chartSizes(tab)
  check("the charts are drawn anew and keep their size", JSON.stringify(sizes) === JSON.stringify(after), {
    sizes,
    after
  })
}

/** Whoever comes late sees all of it. */
export const checkHistory = async (tab, { address, job, newTab, run }) => {
  const path = `${address}/jobs/${encodeURIComponent(job)}`
  const { done, failed, spentUsd } = await run(Jobs.status(job))
  await tab.goto(path)
  const late = await newTab
  await late.tab.goto(path)
  const html = (one) => one.evaluate(() => document.querySelector("#charts").innerHTML)
  check("a page that is opened late has the same charts", (await html(tab)) === (await html(late.tab)))
  const [pace, spending] = await Promise.all(
    [paceChart, spendingChart].map((name) => chart(late.tab, name).locator("desc").textContent())
  )
  check("the words beside the charts say what came of it", pace.includes(`${done} done and ${failed} failed`), pace)
  check("the charts say what was spent", spending.startsWith(`$${spentUsd.toFixed(2)} in `), spending)
  const history = await (await fetch(`${address}/api/jobs/${encodeURIComponent(job)}/history`)).json()
  const sum = history.spans.reduce((total, span) => total + span.done, 0)
  check("the numbers are there for programs", sum === done && history.pauses.length === 1, history)
}
