/** How a terminal shows pictures within its text, if it can. */

/** The two ways that terminals have: kitty's graphics protocol, and the inline images of iTerm2. */
export type Protocol = "kitty" | "iterm2"

type Environment = Readonly<Record<string, string | undefined>>

/** Terminals by the name that they give themselves. */
const programs: Readonly<Record<string, Protocol>> = {
  ghostty: "kitty",
  "iterm.app": "iterm2",
  mintty: "iterm2",
  vscode: "iterm2",
  wezterm: "iterm2"
}

/** A multiplexer passes on neither the pictures nor their place. */
const isMultiplexed = ({ STY, TERM = "", TMUX }: Environment): boolean =>
  Boolean(TMUX) || Boolean(STY) || /^(tmux|screen)/.test(TERM)

/**
 * The protocol of this environment's terminal. The program's own name counts first: a terminal inherits the variables
 * of the one that started it.
 */
export const ofEnvironment = (environment: Environment): Protocol | undefined => {
  if (isMultiplexed(environment)) return undefined
  const { KITTY_WINDOW_ID, LC_TERMINAL, TERM, TERM_PROGRAM = "" } = environment
  const named = programs[TERM_PROGRAM.toLowerCase()]
  if (named !== undefined) return named
  if (TERM === "xterm-kitty" || TERM === "xterm-ghostty" || KITTY_WINDOW_ID) return "kitty"
  return LC_TERMINAL === "iTerm2" ? "iterm2" : undefined
}

/** kitty takes PNG only; the others take what browsers take, but no markup. */
export const canShow = (protocol: Protocol, mediaType: string): boolean =>
  protocol === "kitty" ? mediaType === "image/png" : /^image\/(png|jpeg|gif|webp)$/.test(mediaType)
