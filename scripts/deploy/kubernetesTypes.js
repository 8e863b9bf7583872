// Holds the documents of kubernetes.yaml against the types of Kubernetes' API: the compiler refuses unknown fields.
import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** `apps/v1` as it is, `v1` as `core/v1`: the names of the modules of kubernetes-types. */
const moduleOf = (apiVersion) => (apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`)

const compilerOptions = { strict: true, noEmit: true, module: "preserve", skipLibCheck: true, types: [] }

/** Gives how many documents fit. */
export const checkTypes = (documents) => {
  const folder = "node_modules/.cache/deploy"
  mkdirSync(folder, { recursive: true })
  try {
    const code = documents.map(
      (document, i) =>
        `import type { ${document.kind} as Kind${i} } from "kubernetes-types/${moduleOf(document.apiVersion)}"\n` +
        `export const document${i}: Kind${i} = ${JSON.stringify(document, null, 2)}\n`
    )
    writeFileSync(join(folder, "kubernetes.ts"), code.join(""))
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["kubernetes.ts"] }))
    const { status, stdout } = spawnSync("npx", ["--no-install", "tsc", "-p", folder], { encoding: "utf8" })
    if (status !== 0) throw new Error(stdout)
    return documents.length
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
