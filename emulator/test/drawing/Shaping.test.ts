import { describe, expect, it } from "@effect/vitest"
import { clusters, directionOf, emojiOf, lineOf, outline, widthOf } from "../../src/drawing/Shaping.js"
import * as Wrapping from "../../src/drawing/Wrapping.js"

const glyphs = (text: string) => lineOf(text, directionOf(text)).glyphs
const ids = (text: string) => glyphs(text).map(({ id }) => id)
const drawn = (text: string) => outline(lineOf(text, "ltr"), 0, 0, 32)

const scripts = {
  Latin: "crème brûlée",
  Cyrillic: "рыжая лиса",
  Greek: "λιοντάρι",
  "simplified Chinese": "一只红熊猫坐在竹林里，水彩画",
  "traditional Chinese": "一隻紅熊貓坐在竹林裡",
  Japanese: "夕暮れの灯台、ラーメン",
  Korean: "비 오는 서울",
  Hindi: "जंगल में बाघ",
  Bengali: "একটি বাঘ",
  Thai: "แมวสีแดง",
  Arabic: "منارة عند الغروب",
  Hebrew: "מגדלור"
}

describe("a line of text", () => {
  for (const [script, text] of Object.entries(scripts)) {
    it(`has a glyph of a font for every character of ${script}`, () => {
      expect(ids(text).length).toBeGreaterThan(0)
      expect(ids(text)).not.toContain(0)
      expect(drawn(text)).not.toBe(drawn("\uFFFD".repeat(text.length)))
    })
  }

  it("sets Chinese, Japanese and Korean in faces of their own, not in the dots of the last resort", () => {
    const faces = (text: string) => glyphs(text.replace(/[^\p{Letter}]/gu, "")).map(({ typeface }) => typeface)
    const [dots] = faces(scripts.Thai)
    const rare = ["東京駅の桜、国際経済図書館", "乌龟与电脑请问汉语", "烏龜與電腦請問漢語", "가나다라뷁힣ㅋㅋ 大韓民國"]
    const texts = [
      scripts["simplified Chinese"],
      scripts["traditional Chinese"],
      scripts.Japanese,
      scripts.Korean,
      ...rare
    ]
    for (const text of texts) {
      expect(faces(text).length).toBeGreaterThan(4)
      expect([text, faces(text).filter((face) => face === dots).length]).toEqual([text, 0])
    }
  })

  it("runs from right to left in Hebrew, with numbers from left to right", () => {
    expect(directionOf("מגדלור 42")).toBe("rtl")
    expect(ids("אב")).toEqual([...ids("א"), ...ids("ב")].reverse())
    expect(ids("א 42").slice(0, 2)).toEqual(ids("42"))
    expect(ids("a אב c")).toEqual([..."a ", ..."בא", ..." c"].flatMap(ids))
  })

  it("joins Arabic letters and mirrors what stands in brackets", () => {
    const [alone] = ids("ب")
    expect(ids("ببب")).not.toContain(alone)
    expect(new Set(ids("ببب")).size).toBe(3)
    expect(ids("(ب)")).toEqual([...ids("("), alone, ...ids(")")])
  })

  it("shapes Hindi: the short i stands before its consonant, a conjunct is one cluster", () => {
    expect(ids("कि")[1]).toBe(ids("क")[0])
    expect(ids("क्ष")).toHaveLength(1)
  })

  it("draws emoji as pictures: a joined sequence is one, a flag is one, and so is a key", () => {
    for (const emoji of ["🦊", "👩‍🚀", "👨‍👩‍👧", "❤️", "🇫🇷", "1️⃣", "👍🏽"]) {
      const line = lineOf(emoji, "ltr")
      expect([emoji, line.emoji.length, line.glyphs.length]).toEqual([emoji, 1, 0])
      expect(emojiOf(line, 0, 0, 32)).toMatch(
        /^<g transform="translate\([^)]*\)scale\([^)]*\)"><(path|g|circle|ellipse)/
      )
    }
  })

  it("draws the parts of a sequence that no picture is known of", () => {
    expect(lineOf("🦊‍🚀", "ltr").emoji).toHaveLength(2)
  })

  it("shows digits and signs as text", () => {
    expect(lineOf("1 # © ™ ❤ →", "ltr").emoji).toEqual([])
  })

  it("gives joiners, selectors and direction marks no room", () => {
    expect(widthOf("a\u200D\uFE0F\u200E\u2060b")).toBe(widthOf("ab"))
  })

  it("shows U+FFFD for what no font has", () => {
    expect(ids("\u{13000}")).toEqual(ids("\uFFFD"))
  })
})

describe("the lines of a caption", () => {
  it("break between Chinese characters, and none begins with a closing mark", () => {
    const text = "一只红熊猫坐在竹林里，水彩画风格，背景是云雾缭绕的山峰。"
    for (let width = 4; width < 20; width++) {
      const lines = Wrapping.make(text).wrap(width)
      expect(lines.join("")).toBe(text)
      expect(lines.filter((line) => /^[，。]/.test(line))).toEqual([])
      expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width + 1)
    }
  })

  it("divide a long word with a hyphen and keep within the width", () => {
    const lines = Wrapping.make("see Donaudampfschifffahrtsgesellschaft").wrap(8)
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines.slice(1, -1)) expect(line).toMatch(/\p{Letter}-$/u)
    expect(lines.join(" ").replaceAll("- ", "")).toBe("see Donaudampfschifffahrtsgesellschaft")
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(8)
  })

  it("never part an emoji, nor put a hyphen between emoji", () => {
    const lines = Wrapping.make("👩‍🚀".repeat(20)).wrap(5)
    expect(lines.every((line) => clusters(line).every((one) => one === "👩‍🚀"))).toBe(true)
  })

  it("end with an ellipsis where the text is cut, and fit", () => {
    const short = Wrapping.shorten("a long sentence about a fox", 6)
    expect(short).toMatch(/^a lo.*…$/)
    expect(widthOf(short)).toBeLessThanOrEqual(6)
  })
})
