// Checks the built site: every link and anchor within it leads somewhere, those of the search too; nothing is fetched from elsewhere;
// questions of newcomers find a guide; and every public export has a docstring with a summary, `@since` and `@category`. It counts the
// functions, layers and constructors that have an example.
import { readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { load } from "./site/search.js"

const folder = "site"
const problems = []

const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".html"))
const htmlOf = new Map(pages.map((page) => [page, readFileSync(join(folder, page), "utf8")]))
const unescaped = (text) => text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&")
const attributes = (html, name) =>
  [...html.matchAll(new RegExp(`<[a-z][^>]* ${name}="([^"]*)"`, "g"))].map(([, value]) => unescaped(value))
const idsOf = new Map([...htmlOf].map(([page, html]) => [page, new Set(attributes(html, "id"))]))

/** What is wrong with a link on a page. */
const faultOf = (page, link) => {
  const [path, anchor] = link.split("#").map(decodeURIComponent)
  const target = path === "" ? page : relative(".", join(dirname(page), path))
  if (target.startsWith("..")) return "leads out of the site"
  if (!statSync(join(folder, target), { throwIfNoEntry: false })?.isFile()) return "leads to no file"
  return anchor && idsOf.has(target) && !idsOf.get(target).has(anchor) ? "has no such anchor" : undefined
}

let links = 0
for (const [page, html] of htmlOf) {
  for (const link of [...attributes(html, "href"), ...attributes(html, "src")]) {
    if (/^(https?|mailto):/.test(link)) continue
    links += 1
    const fault = faultOf(page, link)
    if (fault !== undefined) problems.push(`${page}: ${link} ${fault}`)
  }
  for (const [tag] of html.matchAll(/<(?:script|link|img|iframe)[^>]*(?:src|href)="https?:[^>]*>/g)) {
    problems.push(`${page}: ${tag} needs a network`)
  }
}

const { find, rows } = load(join(folder, "assets/search.js"))
for (const { url } of rows) {
  const fault = faultOf("index.html", url)
  if (fault !== undefined) problems.push(`the search: ${url} ${fault}`)
}
/** What somebody looks for, and the page that has to be among the first five. */
const questions = {
  proxy: "guides/production.html",
  "limit per day": "guides/retries-and-money.html",
  "never pay twice": "guides/retries-and-money.html",
  budget: "guides/what-did-it-cost.html",
  react: "guides/react.html",
  "next.js": "guides/next-js.html",
  cors: "guides/browsers.html",
  promise: "guides/promises.html",
  s3: "guides/storing-and-serving.html"
}
for (const [question, page] of Object.entries(questions)) {
  const found = find(question)
    .slice(0, 5)
    .map(({ url }) => url)
  if (!found.some((url) => url.startsWith(page))) problems.push(`the search: "${question}" finds ${found.join(", ")}`)
}

const { children: modules } = JSON.parse(readFileSync(join(folder, "api.json"), "utf8"))
const comments = (child) => (child.signatures ?? [child]).map(({ comment }) => comment)
const textOf = (parts) =>
  parts
    ?.map(({ text }) => text)
    .join("")
    .trim()
const tagOf = (comment, tag) => textOf(comment?.blockTags?.find((one) => one.tag === tag)?.content)

/** What a docstring lacks. */
const lackOf = (comment) => [
  ...(textOf(comment?.summary) ? [] : ["a summary"]),
  ...["@since", "@category"].filter((tag) => !tagOf(comment, tag))
]

const functionKind = 64

/** Functions, and the values that do something when they are run or provided. */
const isRunnable = ({ kind }, comment) =>
  kind === functionKind || /^(accessors|constructors|layers)$/.test(tagOf(comment, "@category") ?? "")

let documented = 0
const shown = []
for (const module of modules) {
  if (!textOf(module.comment?.summary)) problems.push(`${module.name} has no docstring at its head`)
  for (const child of module.children) {
    const [comment] = comments(child)
    const lack = comments(child).flatMap(lackOf)
    if (lack.length > 0) problems.push(`${module.name}.${child.name} lacks ${lack.join(", ")}`)
    else documented += 1
    if (isRunnable(child, comment))
      shown.push([`${module.name}.${child.name}`, tagOf(comment, "@example") !== undefined])
  }
}

for (const problem of problems) console.error(problem)
const without = shown.filter(([, hasExample]) => !hasExample).map(([name]) => name)
if (without.length > 0) console.log(`without an example: ${without.join(", ")}`)
console.log(`${shown.length - without.length} of ${shown.length} functions, layers and constructors have an example`)
console.log(
  `${rows.length} names and sections to search, ${rows.filter(({ url }) => url.includes("#")).length} of them in a page`
)
console.log(`${pages.length} pages, ${links} links, ${documented} exports documented, ${problems.length} problems`)
process.exitCode = problems.length === 0 && pages.length > 0 ? 0 : 1
