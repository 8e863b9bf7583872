/** Dates in HTTP: the three formats of RFC 9110, section 5.6.7. */

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

const formats = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]+day, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/
]

/**
 * Days since 1970 in the Gregorian calendar. Years are counted from March, so that a leap day is the last of its year.
 */
const daysSince1970 = (year: number, month: number, day: number): number => {
  const y = month < 3 ? year - 1 : year
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400)
  return y * 365 + leapDays + Math.floor((((month + 9) % 12) * 153 + 2) / 5) + day - 1 - 719468
}

/** A year of two digits belongs to this century, unless that is more than 50 years ahead. */
const fullYear = (year: number, now: number): number => {
  const current = 1970 + Math.floor(now / 31_556_952_000)
  const guess = current - (current % 100) + year
  return guess > current + 50 ? guess - 100 : guess
}

/** Milliseconds since 1970, or `undefined` for anything that is no such date. */
export const parseHttpDate = (text: string, now: number): number | undefined => {
  const groups = formats.map((format) => format.exec(text)?.groups).find((found) => found !== undefined)
  if (groups === undefined) return undefined
  const { day: dayText = "", month: monthName = "", time = "", year: yearText = "" } = groups
  const [hour = 0, minute = 0, second = 0] = time.split(":").map(Number)
  const [day, month] = [Number(dayText), months.indexOf(monthName) + 1]
  // A leap second is second 60.
  if (month === 0 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined
  const year = yearText.length === 2 ? fullYear(Number(yearText), now) : Number(yearText)
  return (((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000
}
