// The packages of this repository as tarballs, as npm publishes them. What they hold must have been built.
import { join, resolve } from "node:path"
import { packForEffect4 } from "../../effect4/pack.js"
import { npm } from "./npm.js"

/** The folders of the packages that there are for both lines of Effect, and of those for Effect 3 alone. */
export const shared = [".", "emulator"]
export const forEffect3Alone = ["cli", "jobs", "jobs-view", "mcp"]

const packForEffect3 = (to, folders) =>
  Object.fromEntries(
    JSON.parse(
      npm([
        ...["pack", "--json", "--ignore-scripts", "--loglevel", "error", "--pack-destination", to],
        ...folders.flatMap((folder) => ["-w", folder])
      ])
    ).map((packed) => [packed.name, join(resolve(to), packed.filename)])
  )

/** Packs into the folder `to`. Gives the paths of the tarballs by the names of the packages. */
export const pack = (line, to, folders = shared) => (line === 4 ? packForEffect4(to) : packForEffect3(to, folders))
