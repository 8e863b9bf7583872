import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"

const guides = new URL("../../docs/guides", import.meta.url).pathname

/** The code that a page shows, each block with the file that was named last before it. */
const excerptsOf = (page: string) =>
  [...page.matchAll(/^```(?:typescript|tsx)\n(.*?)^```/gms)].map((match) => ({
    code: match[1] ?? "",
    file: [...page.slice(0, match.index).matchAll(/\]\((\.\.\/\.\.\/examples\/[^)]+\.tsx?)\)/g)].at(-1)?.[1] ?? ""
  }))

describe("a guide", () => {
  layer(NodeContext.layer)((it) => {
    it.effect.each([
      [
        "ecosystem.md",
        ["language-model/tools.ts", "language-model/main.ts"],
        ["image-model/ImageModel.ts", "image-model/poster.ts", "image-model/main.ts", "http-api/api.ts"],
        ["previewEvents.ts", "hono/app.ts", "worker/index.ts", "rpc/api.ts", "rpc/main.ts"]
      ],
      ["react.md", ["useDrawing.ts", "Picture.tsx", "Draw.tsx"], []],
      ["next-js.md", ["pictures/route.ts", "page.tsx", "layout.tsx"], []]
    ] as const)("%s shows code of the very programs that the tests run", ([guide, ...files]) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        const excerpts = excerptsOf(yield* fs.readFileString(path.join(guides, guide)))
        for (const { code, file } of excerpts) {
          const program = yield* fs.readFileString(path.join(guides, file))
          expect(program.includes(code), `${file} has ${code.slice(0, 60)}`).toBe(true)
        }
        const shown = new Set(excerpts.map(({ file }) => file.replace(/.*examples\/(react\/|next\/)?(src|app)\//, "")))
        expect([...shown]).toEqual(files.flat())
      })
    )
  })
})
