// Deletes what the build for Effect 4 has written.
import { rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const line = dirname(fileURLToPath(import.meta.url))
for (const name of ["bench", "dist", "emulator", "src", "test"])
  rmSync(join(line, name), { recursive: true, force: true })
