// Writes docs/faults.md from the table of faults. The tests are TypeScript, so it is one of them that writes.
import { spawnSync } from "node:child_process"

const test = "test/faults/document.test.ts"
const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", test], {
  stdio: "inherit",
  env: { ...process.env, FAULTS: "write" }
})
process.exit(status ?? 1)
