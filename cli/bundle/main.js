// Bundles the command: what every run needs, and chunks for what only some do. The dependencies of cli/package.json stay out of
// it, for they have native code or files of their own.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import { noticesOf } from "./notices.js"
import { optionalPeers } from "./optionalPeers.js"

const cli = join(import.meta.dirname, "..")
const root = join(cli, "..")
const out = join(cli, "dist")
const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(cli, "package.json"), "utf8"))
const peers = Object.keys(peerDependencies)

/** Native code that msgpackr uses where it finds it. */
const accelerator = "msgpackr-extract"

/** What a module of CommonJS in the bundle asks for by `require`. */
const require = `import { createRequire as requireOf } from "node:module"
const require = requireOf(import.meta.url)`

rmSync(out, { recursive: true, force: true })
mkdirSync(out)
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: [join(cli, "src/main.ts")],
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  banner: { js: require },
  external: [...Object.keys(dependencies), accelerator],
  plugins: [optionalPeers(peers, join(cli, "src"))],
  legalComments: "none",
  metafile: true,
  logLevel: "warning"
})
writeFileSync(join(out, "THIRD-PARTY-NOTICES"), noticesOf(root, metafile))
