// Builds the site into site/: a first page, the documents, and a page for each public module and each of its exports.
// Besides the pages it writes site/api.json, which the check of the docstrings reads.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { basename, join, resolve } from "node:path"
import {
  Application,
  Converter,
  JSX,
  PageEvent,
  ReflectionKind,
  StructureRouter,
  TSConfigReader,
  TypeDocReader
} from "typedoc"
import { commentOf, headOf, reexportsOf } from "./site/docstrings.js"
import { withEffect4 } from "./site/effect4.js"
import * as Landing from "./site/landing.js"
import { linkNext } from "./site/next.js"
import { findSections } from "./site/sections.js"
import { nameUnions } from "./site/unions.js"
import { isForEffect3Only } from "./snippets.js"

/** The order to read the guides in; one that is not named here comes after them. */
const reading = [
  "first-picture",
  "effect-3-or-4",
  "errors",
  "retries-and-money",
  "what-did-it-cost",
  "choosing-a-model",
  "streaming",
  "many-pictures",
  "configuration",
  "what-you-asked-for",
  "provenance",
  "storing-and-serving",
  "testing",
  "production",
  "telemetry",
  "jobs",
  "jobs-in-production",
  "mcp",
  "ecosystem",
  "browsers",
  "react",
  "next-js",
  "bun-and-deno",
  "promises",
  "migrating-from-openrouter-sdk",
  "migrating-from-openai"
]
const place = (file) => (reading.indexOf(basename(file, ".md")) + reading.length + 1) % (reading.length + 1)
const markdownIn = (folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map((file) => join(folder, file))

/** The documents of each category, in their order. */
const documents = {
  Guides: markdownIn("docs/guides").sort((a, b) => place(a) - place(b)),
  Decisions: markdownIn("docs/decisions"),
  Project: [
    "README.md",
    "emulator/README.md",
    "cli/README.md",
    "mcp/README.md",
    "docs/faults.md",
    "docs/reliability.md",
    "docs/jobs.md",
    "bench/RESULTS.md",
    "bench/START.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/releasing.md",
    "SECURITY.md"
  ].filter(existsSync)
}

/** What users import; the root is only the modules' names again. */
const modules = Object.values(JSON.parse(readFileSync("package.json", "utf8")).exports)
  .filter((entry) => entry?.default && entry.default !== "./dist/index.js")
  .map((entry) => entry.default.replace("./dist/", "src/").replace(/\.js$/, ".ts"))
  .filter(existsSync)

const app = await Application.bootstrapWithPlugins(
  { entryPoints: modules, projectDocuments: Object.values(documents).flat(), router: "rooms" },
  [new TypeDocReader(), new TSConfigReader()]
)

/** Where a document came from, as long as it is called something else. */
const paths = new Map()

app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
  const path = `${document.name}.md`
  const text = document.content.map((part) => part.text).join("")
  paths.set(document, path)
  document.name = titleOf(text) ?? basename(path, ".md")
  document.frontmatter["category"] = Object.keys(documents).find((category) => documents[category].includes(path))
  if (!isForEffect3Only(path)) document.content = withEffect4(path, document.content)
})

const titleOf = (text) => /^# (.+)$/m.exec(text)?.[1].replaceAll("`", "")

/** A type that stands beside the value of its name (`const Operation`, `type Operation`) is told of there. */
const ofNamesake = (child, module) =>
  child.signatures ? undefined : module.children.find(({ comment, name }) => comment && name === child.name)?.comment

app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ converter, project }) => {
  const { children, files } = project
  project.readme = commentOf(Landing.text(), resolve("README.md"), { converter, files }).summary
  for (const module of children) {
    const file = `src/${module.name}${module.name === "Schema" ? "/index" : ""}.ts`
    const source = readFileSync(file, "utf8")
    module.comment = commentOf(`${headOf(source) ?? ""}\n@category API`, file, { converter, files })
    const reexports = reexportsOf(source)
    for (const child of module.children) {
      const text = reexports.get(child.name)
      if (text === undefined) child.comment ??= ofNamesake(child, module)
      else for (const one of child.signatures ?? [child]) one.comment = commentOf(text, file, { converter, files })
    }
  }
})

app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
  for (const { comment, name } of Object.values(project.reflections))
    for (const tag of comment?.blockTags ?? []) tag.content = withEffect4(name, tag.content)
})

// The last touches: what the classes of errors and tags are derived from is Effect's machinery, unions have names, titles a capital.
app.converter.on(Converter.EVENT_END, ({ project }) => {
  for (const one of project.getReflectionsByKind(ReflectionKind.Class)) one.typeHierarchy = undefined
  nameUnions(project, project.getChildByName("Errors"))
  for (const category of project.children.flatMap(({ categories }) => categories ?? [])) {
    category.title = category.title.replace(/^./, (letter) => letter.toUpperCase())
  }
})

const anchors = findSections(app)

/** Short addresses: guides/errors.html, api/Images.html, api/Images/generate.html. */
class Rooms extends StructureRouter {
  getFullUrl(target) {
    const anchor = anchors.get(target)
    return anchor === undefined ? super.getFullUrl(target) : `${super.getFullUrl(target.parent)}#${anchor}`
  }

  getIdealBaseName(reflection) {
    const path = paths.get(reflection)
    if (path === undefined) return `api/${super.getIdealBaseName(reflection)}`
    return path
      .replace(/^docs\//, "")
      .replace(/(\/README)?\.md$/, "")
      .toLowerCase()
  }
}
app.renderer.defineRouter("rooms", Rooms)

// Without a server a folder is no page.
app.renderer.on(PageEvent.END, (page) => {
  page.contents = page.contents?.replaceAll(/ href="((?:\.\.?\/)+)(#[^"]*)?"/g, ' href="$1index.html$2"')
})

linkNext(app)

app.renderer.hooks.on("body.end", ({ page, relativeURL }) =>
  JSX.createElement(
    JSX.Fragment,
    null,
    page.url === "index.html" && JSX.createElement("script", { src: relativeURL("assets/live.js") })
  )
)

// Whoever comes for the first time finds the guides open.
const openGuides = 'try { localStorage["tsd-accordion-Guides"] ??= "true" } catch {}'
app.renderer.hooks.on("head.end", () =>
  JSX.createElement("script", null, JSX.createElement(JSX.Raw, { html: openGuides }))
)

const project = await app.convert()
if (project === undefined) process.exit(1)
app.validate(project)
await app.generateDocs(project, "site")
await Landing.writeScript("site/assets/live.js")
await app.generateJson(project, "site/api.json")
const { errorCount, warningCount } = app.logger
if (errorCount + warningCount > 0) process.exitCode = 1
