/** What `--help` says below the options. */
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as ExitCode from "./ExitCode.js"

const lines = (rows: ReadonlyArray<readonly [name: string | number, text: string]>): HelpDoc.HelpDoc => {
  const width = Math.max(...rows.map(([name]) => String(name).length))
  return HelpDoc.p(rows.map(([name, text]) => `${String(name).padEnd(width)}  ${text}`).join("\n"))
}

export const footer: HelpDoc.HelpDoc = HelpDoc.blocks([
  HelpDoc.h1("OUTPUT"),
  HelpDoc.p(
    "generate writes the paths of its pictures to stdout, one a line and nothing else; everything for people goes to stderr, in a terminal as in a pipe."
  ),
  HelpDoc.p(
    "models and endpoints write a table to stdout, wrapped to the width of a terminal; in a pipe each row is one line."
  ),
  HelpDoc.h1("ENVIRONMENT"),
  lines([
    ["OPENROUTER_API_KEY", "the key; without it an embedded emulator answers and nothing is billed"],
    ["OPENROUTER_BASE_URL", "another address than https://openrouter.ai/api/v1 (with a key)"],
    ["OPENROUTER_HTTP_REFERER", "the address of your app, for OpenRouter's rankings"],
    ["OPENROUTER_APP_TITLE", "its name"],
    ["OPENROUTER_APP_CATEGORIES", "its categories"],
    ["NO_COLOR", "no colours"]
  ]),
  HelpDoc.h1("EXIT CODES"),
  lines(ExitCode.table)
])
