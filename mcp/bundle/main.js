// Bundles the server: its command, and what another program calls.
import { join } from "node:path"
import { bundle } from "../../cli/bundle/bundle.js"

await bundle({ room: join(import.meta.dirname, ".."), entries: ["main.ts", "index.ts"] })
