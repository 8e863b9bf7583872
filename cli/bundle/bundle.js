// Bundles a command: what every run needs, and chunks for what only some do. The dependencies of its package.json stay out of it,
// for they have native code or files of their own.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import { noticesOf } from "./notices.js"

const root = join(import.meta.dirname, "../..")

/** Native code that msgpackr uses where it finds it. */
const accelerator = "msgpackr-extract"

/** What a module of CommonJS in the bundle asks for by `require`. */
const require = `import { createRequire as requireOf } from "node:module"
const require = requireOf(import.meta.url)`

export const manifestOf = (room) => JSON.parse(readFileSync(join(room, "package.json"), "utf8"))

/** Bundles the entries of a room's `src` into its `dist`. */
export const bundle = async ({ entries, plugins = [], room }) => {
  const out = join(room, "dist")
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out)
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries.map((entry) => join(room, "src", entry)),
    outdir: out,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    banner: { js: require },
    external: [...Object.keys(manifestOf(room).dependencies), accelerator],
    plugins,
    legalComments: "none",
    metafile: true,
    logLevel: "warning"
  })
  writeFileSync(join(out, "THIRD-PARTY-NOTICES"), noticesOf(root, metafile))
}
