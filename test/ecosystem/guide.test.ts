import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"

const guides = new URL("../../docs/guides", import.meta.url).pathname

/** The code that the page shows, each block with the file that was named last before it. */
const excerptsOf = (page: string) =>
  [...page.matchAll(/^```typescript\n(.*?)^```/gms)].map((match) => ({
    code: match[1] ?? "",
    file: [...page.slice(0, match.index).matchAll(/\]\((\.\.\/\.\.\/examples\/src\/[^)]+\.ts)\)/g)].at(-1)?.[1] ?? ""
  }))

describe("the guide to the ecosystem", () => {
  layer(NodeContext.layer)((it) => {
    it.effect("shows code of the very programs that the tests run", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        const page = yield* fs.readFileString(path.join(guides, "ecosystem.md"))
        const excerpts = excerptsOf(page)
        for (const { code, file } of excerpts) {
          const program = yield* fs.readFileString(path.join(guides, file))
          expect(program.includes(code), `${file} has ${code.slice(0, 60)}`).toBe(true)
        }
        const rooms = new Set(excerpts.map(({ file }) => file.split("/")[4]))
        expect([...rooms]).toEqual(["language-model", "http-api", "previewEvents.ts", "hono", "worker", "rpc"])
      })
    )
  })
})
