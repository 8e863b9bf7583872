import { describe, expect, it } from "@effect/vitest"
import { withSettings } from "../../../src/internal/database/session.js"

const optionsOf = (url: string) => new URL(url).searchParams.get("options")

describe("the address of a database with settings for its sessions", () => {
  it("has them as options", () => {
    const url = withSettings("postgres://me:pass%20word@host:5432/pictures", {
      idle_session_timeout: "15s",
      other: "1"
    })
    expect(optionsOf(url)).toBe("-c idle_session_timeout=15s -c other=1")
    expect(url.startsWith("postgres://me:pass%20word@host:5432/pictures?")).toBe(true)
  })

  it("keeps what the address has, and lets its own options win", () => {
    const url = withSettings("postgres://host/db?application_name=x&options=-c%20other%3D2", { other: "1" })
    expect(optionsOf(url)).toBe("-c other=1 -c other=2")
    expect(new URL(url).searchParams.get("application_name")).toBe("x")
  })
})
