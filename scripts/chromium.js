// What the checks in a browser share: the system's Chromium, and how a check is told.
import { chromium } from "playwright-core"

export const launch = () =>
  chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
  })

export const check = (name, holds, found) => {
  console.log(`${holds ? "ok  " : "FAIL"}  ${name}${holds ? "" : `: ${JSON.stringify(found)}`}`)
  if (!holds) process.exitCode = 1
}
