// Bundles the program that measures the jobs and runs it with the arguments that it was given.
import { spawnSync } from "node:child_process"
import { build } from "esbuild"

const outfile = "node_modules/.cache/jobs/figures.mjs"
await build({
  entryPoints: ["jobs/figures/main.ts"],
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  outfile
})
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" })
process.exitCode = status ?? 1
