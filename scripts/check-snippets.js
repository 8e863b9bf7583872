// Compiles every TypeScript snippet of the documents and of the docstrings, each as a program of its own, under the strict
// settings of the library. A snippet that does not compile is printed with its place.
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import ts from "typescript"
import { filesIn, snippetsOf } from "./snippets.js"

const folder = ".snippets"
const readmes = ["README.md", "CONTRIBUTING.md", ...["emulator", "cli", "jobs-view"].map((room) => `${room}/README.md`)]
const documents = [...readmes, ...filesIn("docs/guides", ".md")]
const sources = ["src", "jobs/src", "jobs-view/src"].flatMap((folder) => filesIn(folder, ".ts"))

const snippets = [...documents, ...sources].flatMap(snippetsOf)
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
const files = snippets.map(({ code, name, place }) => {
  const file = join(folder, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `// ${place}\n${code}export {}\n`)
  return file
})

const base = ts.readConfigFile("tsconfig.base.json", ts.sys.readFile).config
const settings = ts.convertCompilerOptionsFromJson(
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
const program = ts.createProgram(files, settings.options)
const problems = ts.getPreEmitDiagnostics(program)
for (const { file, messageText, start } of problems) {
  const place = file?.text.split("\n")[0]?.slice(3)
  const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0
  console.error(`${place} (line ${line} of the snippet): ${ts.flattenDiagnosticMessageText(messageText, "\n")}`)
}
console.log(`${snippets.length} snippets, ${problems.length} problems`)
process.exitCode = problems.length === 0 && snippets.length > 0 ? 0 : 1
