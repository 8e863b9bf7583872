// Compiles every TypeScript snippet of the documents and of the docstrings on each line of Effect that it is for, each as a program of
// its own, under the strict settings of the library. A snippet that does not compile is printed with its place.
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import ts from "typescript"
import { filesIn, snippetsOf } from "./snippets.js"

const readmes = [
  "README.md",
  "CONTRIBUTING.md",
  ...["emulator", "cli", "jobs-view", "mcp"].map((room) => `${room}/README.md`)
]
const documents = [...readmes, ...filesIn("docs/guides", ".md")]

/** Where the packages of a line are found, and where its docstrings are. */
const lines = [
  { line: 3, folder: ".snippets", sources: ["src", "jobs/src", "jobs-view/src"] },
  { line: 4, folder: "effect4/.snippets", sources: ["effect4/src"] }
]

const base = ts.readConfigFile("tsconfig.base.json", ts.sys.readFile).config
const { options } = ts.convertCompilerOptionsFromJson(
  {
    ...base.compilerOptions,
    composite: false,
    declarationMap: false,
    noEmit: true,
    noUnusedLocals: false,
    lib: ["ES2022", "DOM"],
    types: ["node"]
  },
  "."
)

const check = ({ folder, line, sources }) => {
  const files = [...documents, ...sources.flatMap((room) => filesIn(room, ".ts"))]
  const snippets = files.flatMap((file) => snippetsOf(file, line))
  rmSync(folder, { recursive: true, force: true })
  const written = snippets.map(({ code, name, place }) => {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `// ${place}\n${code}export {}\n`)
    return file
  })
  const problems = ts.getPreEmitDiagnostics(ts.createProgram(written, options))
  for (const { file, messageText, start } of problems) {
    const place = file?.text.split("\n")[0]?.slice(3)
    const row = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0
    console.error(`${place} (line ${row} of the snippet): ${ts.flattenDiagnosticMessageText(messageText, "\n")}`)
  }
  console.log(`Effect ${line}: ${snippets.length} snippets, ${problems.length} problems`)
  return problems.length === 0 && snippets.length > 0
}

process.exitCode = lines.map(check).every((isFine) => isFine) ? 0 : 1
