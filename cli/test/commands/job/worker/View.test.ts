import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { addressOf } from "../../../../src/commands/job/worker/View.js"

describe("--view", () => {
  it.each([
    ["8788", "127.0.0.1", 8788],
    ["0", "127.0.0.1", 0],
    ["0.0.0.0:8788", "0.0.0.0", 8788],
    ["localhost:65535", "localhost", 65_535],
    ["[::1]:8788", "::1", 8788]
  ])("takes %s", (text, host, port) => {
    expect(addressOf(text)).toEqual(Option.some({ host, port }))
  })

  it.each(["", ":8788", "localhost", "localhost:", "65536", "-1", "::1:8788", "http://localhost:8788", "me@host:1"])(
    "does not take %j",
    (text) => {
      expect(addressOf(text)).toEqual(Option.none())
    }
  )
})
