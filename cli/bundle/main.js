// Bundles the command. The packages that it may have beside it are in the bundle, but work only where they are installed.
import { join } from "node:path"
import { bundle, manifestOf } from "./bundle.js"
import { optionalPeers } from "./optionalPeers.js"

const room = join(import.meta.dirname, "..")
const peers = Object.keys(manifestOf(room).peerDependencies)

await bundle({ room, entries: ["main.ts"], plugins: [optionalPeers(peers, join(room, "src"))] })
