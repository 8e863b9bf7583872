import { describe, expect, it } from "@effect/vitest"
import * as Protocol from "../../../src/terminal/inline/Protocol.js"

describe("how a terminal shows pictures", () => {
  it.each([
    [{ TERM: "xterm-kitty" }, "kitty"],
    [{ TERM: "xterm-256color", KITTY_WINDOW_ID: "1" }, "kitty"],
    [{ TERM_PROGRAM: "ghostty" }, "kitty"],
    [{ TERM: "xterm-ghostty" }, "kitty"],
    [{ TERM_PROGRAM: "iTerm.app" }, "iterm2"],
    [{ TERM_PROGRAM: "WezTerm" }, "iterm2"],
    [{ TERM_PROGRAM: "vscode" }, "iterm2"],
    [{ TERM_PROGRAM: "mintty" }, "iterm2"],
    [{ LC_TERMINAL: "iTerm2", TERM: "xterm-256color" }, "iterm2"],
    [{ TERM_PROGRAM: "vscode", KITTY_WINDOW_ID: "1" }, "iterm2"],
    [{ TERM_PROGRAM: "iTerm.app", TMUX: "/tmp/tmux-0/default,1,0" }, undefined],
    [{ KITTY_WINDOW_ID: "1", TERM: "screen-256color" }, undefined],
    [{ KITTY_WINDOW_ID: "1", STY: "1234.pts-0" }, undefined],
    [{ TERM_PROGRAM: "Apple_Terminal", TERM: "xterm-256color" }, undefined],
    [{}, undefined]
  ] as const)("is told by %j", (environment, protocol) => {
    expect(Protocol.ofEnvironment(environment)).toBe(protocol)
  })

  it("gives kitty PNG only, and nobody markup", () => {
    expect(["image/png", "image/jpeg", "image/svg+xml"].map((type) => Protocol.canShow("kitty", type))).toEqual([
      true,
      false,
      false
    ])
    expect(["image/png", "image/webp", "image/svg+xml"].map((type) => Protocol.canShow("iterm2", type))).toEqual([
      true,
      true,
      false
    ])
  })
})
