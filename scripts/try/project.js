// The project that `npm run try` makes: what a program of your own needs, with two programs of the documents.
import { basename } from "node:path"
import { versionOf } from "../package/consumer.js"
import { snippetsOf } from "../snippets.js"

/** What each line of Effect needs beside the library, and where this repository has the versions that it is tested with. */
const peers = {
  3: { from: ".", names: ["effect", "@effect/platform", "@effect/platform-node"] },
  4: { from: "effect4", names: ["effect", "@effect/platform-node"] }
}

const versions = (names, from) => Object.fromEntries(names.map((name) => [name, versionOf(name, from)]))

/** The folder of the project that holds the tarballs. */
export const packagesFolder = "packages"

const program = (line, document) => snippetsOf(document, line)[0].code

const json = (value) => `${JSON.stringify(value, null, 2)}\n`

const settings = {
  compilerOptions: {
    ...{ module: "nodenext", target: "es2022", strict: true, skipLibCheck: true, types: ["node"], outDir: "dist" }
  },
  include: ["*.ts"]
}

/** The files of the project, by their names. `tarballs` are paths by the names of the packages. */
export const projectOf = (line, manager, tarballs) => {
  const { from, names } = peers[line]
  const ours = Object.fromEntries(
    Object.entries(tarballs).map(([name, path]) => [name, `file:${packagesFolder}/${basename(path)}`])
  )
  const manifest = {
    name: `first-picture-effect-${line}`,
    private: true,
    type: "module",
    scripts: { start: "tsc && node dist/panda.js", first: "tsc && node dist/first.js" },
    dependencies: { ...ours, ...versions(names, from) },
    devDependencies: versions(["typescript", "@types/node"], "."),
    // The emulator depends on the library by its version, which npm finds in the project. Bun asks the registry.
    ...(manager === "bun" ? { overrides: ours } : {})
  }
  return {
    "package.json": json(manifest),
    // And so does pnpm.
    ...(manager === "pnpm" ? { "pnpm-workspace.yaml": json({ overrides: ours }) } : {}),
    "tsconfig.json": json(settings),
    // The first draws with the emulator; the second calls OpenRouter, and needs a key.
    "panda.ts": program(line, "README.md"),
    "first.ts": program(line, "docs/guides/first-picture.md")
  }
}
