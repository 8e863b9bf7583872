import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"

const root = new URL("..", import.meta.url).pathname

describe("the guides", () => {
  layer(NodeContext.layer)((it) => {
    it.effect("show the very files that the tests run", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        const ran = path.join(root, "test", "guides")
        const shown: Array<string> = []
        for (const guide of yield* fs.readDirectory(ran)) {
          const page = yield* fs.readFileString(path.join(root, "docs", "guides", `${guide}.md`))
          for (const file of yield* fs.readDirectory(path.join(ran, guide))) {
            const code = yield* fs.readFileString(path.join(ran, guide, file))
            expect(code.startsWith(`// ${file}\n`), `${guide}/${file} begins with its name`).toBe(true)
            expect(page.includes(`\`\`\`ts\n${code}\`\`\``), `${guide}.md shows ${file}`).toBe(true)
            shown.push(`${guide}/${file}`)
          }
        }
        expect(shown).toContain("testing/Thumbnails.ts")
      })
    )
  })
})
