import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Encoding from "../../../src/terminal/inline/Encoding.js"

const placement = { rows: 7, columns: 14, id: 42 }
const esc = "\u001b"

/** The payloads of kitty's sequences, with the keys of each. */
const chunksOf = (text: string): ReadonlyArray<readonly [keys: string, data: string]> =>
  text
    .split(`${esc}_G`)
    .slice(1)
    .map((one) => {
      const [keys = "", data = ""] = one.replace(`${esc}\\`, "").split(";")
      return [keys, data]
    })

describe("pictures as escape sequences", () => {
  it("sends a small one to kitty in a single sequence", () => {
    expect(Encoding.draw("kitty", new Uint8Array([1, 2, 3]), placement)).toBe(
      `${esc}_Ga=T,f=100,q=2,C=1,i=42,c=14,r=7,m=0;AQID${esc}\\`
    )
  })

  it("cuts a large one for kitty into 4096 characters, of which all but the last say that more follows", () => {
    const bytes = new Uint8Array(7000).fill(7)
    const chunks = chunksOf(Encoding.draw("kitty", bytes, placement))
    expect(chunks.map(([keys, { length }]) => [keys, length])).toEqual([
      ["a=T,f=100,q=2,C=1,i=42,c=14,r=7,m=1", 4096],
      ["m=1", 4096],
      ["m=0", 1144]
    ])
  })

  it("says m=0 in the one chunk that is exactly full", () => {
    const chunks = chunksOf(Encoding.draw("kitty", new Uint8Array(3072), placement))
    expect(chunks.map(([keys]) => keys.slice(-3))).toEqual(["m=0"])
  })

  it("gives kitty every byte, whatever their number", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.uint8Array({ minLength: 1, maxLength: 20_000 }), (bytes) => {
        const chunks = chunksOf(Encoding.draw("kitty", bytes, placement))
        const data = chunks.map(([, one]) => one).join("")
        expect(new Uint8Array(Buffer.from(data, "base64"))).toEqual(bytes)
        expect(chunks.every(([, { length }]) => length <= 4096 && length % 4 === 0)).toBe(true)
      })
    )
  })

  it("sends it to iTerm2 whole, with its size, and puts the cursor back", () => {
    expect(Encoding.draw("iterm2", new Uint8Array([1, 2, 3]), placement)).toBe(
      `${esc}7${esc}]1337;File=inline=1;size=3;width=auto;height=7;preserveAspectRatio=1:AQID\u0007${esc}8`
    )
  })

  it("makes room above the line of the cursor once, and then draws over it", () => {
    expect(Encoding.above("PICTURE", 3, true)).toBe(`\r${esc}[2K\n\n\n${esc}[3APICTURE${esc}[3B\r`)
    expect(Encoding.above("PICTURE", 3, false)).toBe(`\r${esc}[2K${esc}[3APICTURE${esc}[3B\r`)
  })

  it("is twice as many characters wide as it is lines high, where it is a square", () => {
    expect(Encoding.columnsFor(7, { width: 512, height: 512 })).toBe(14)
    expect(Encoding.columnsFor(10, { width: 160, height: 90 })).toBe(36)
    expect(Encoding.columnsFor(1, { width: 1, height: 9000 })).toBe(1)
    expect(Encoding.columnsFor(4)).toBe(8)
  })

  it.each([
    [{ width: 1024, height: 1024 }, 80, 24, 20],
    [{ width: 1024, height: 1024 }, 80, 12, 8],
    [{ width: 3000, height: 1000 }, 80, 50, 13],
    [{ width: 1000, height: 3000 }, 80, 50, 20],
    [undefined, 20, 50, 9],
    [{ width: 9000, height: 1 }, 10, 2, 1]
  ])("gives %j in %d columns and %d lines a height of %d", (dimensions, columns, lines, rows) => {
    expect(Encoding.rowsFor(dimensions, { columns, lines })).toBe(rows)
  })
})
