import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { parseHttpDate } from "../../../src/internal/attempt/httpDate.js"
import { prop } from "../../support/properties.js"

const now = Date.UTC(2026, 7, 1, 12)
const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

/** The three formats of a moment. */
const written = (moment: number): ReadonlyArray<string> => {
  const date = new Date(moment)
  const imf = date.toUTCString()
  const [, day = "", month = "", year = "", time = ""] = imf.split(" ")
  const weekday = days[date.getUTCDay()] ?? ""
  return [
    imf,
    `${weekday}, ${day}-${month}-${year.slice(2)} ${time} GMT`,
    `${weekday.slice(0, 3)} ${month} ${day.replace(/^0/, " ")} ${time} ${year}`
  ]
}

/** Whole seconds, not more than 49 years from now: a year of two digits tells no more. */
const moments = FastCheck.integer({ min: now / 1000 - 49 * 31_556_952, max: now / 1000 + 49 * 31_556_952 })

describe("parseHttpDate", () => {
  prop("reads each format as the runtime's own Date writes it", [moments], ([seconds]) => {
    for (const text of written(seconds * 1000)) expect([text, parseHttpDate(text, now)]).toEqual([text, seconds * 1000])
  })

  it("knows leap days, and takes a far year of two digits for one gone by", () => {
    expect(parseHttpDate("Thu, 29 Feb 2024 00:00:00 GMT", now)).toBe(Date.UTC(2024, 1, 29))
    expect(parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT", now)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37))
  })

  it.each([
    "",
    "soon",
    "2026-08-01T12:00:09Z",
    "Sat, 99 Aug 2026 12:00:09 GMT",
    "Sat, 01 Zzz 2026 12:00:09 GMT",
    "Sat, 01 Aug 2026 24:00:09 GMT",
    "Sat, 01 Aug 2026 12:60:09 GMT",
    "Sat, 01 Aug 2026 12:00:09 CET",
    "Sat, 1 Aug 2026 12:00:09 GMT"
  ])("takes %j for no date", (text) => {
    expect(parseHttpDate(text, now)).toBeUndefined()
  })
})
