import { linkSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as Folders from "../../src/files/Folders.js"

const svg = new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>")

/** A folder that may be read, with a picture, beside one that may not. */
const home = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => realpathSync(mkdtempSync(join(tmpdir(), "folders-")))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true }))
  ),
  (root) => {
    const [open, closed] = [join(root, "open"), join(root, "closed")]
    for (const folder of [open, closed, join(open, "below"), join(root, "openings")]) mkdirSync(folder)
    for (const folder of [open, closed, join(open, "below"), join(root, "openings")])
      writeFileSync(join(folder, "picture.svg"), svg)
    return { open, closed, root }
  }
)

const refused = (path: string, folders: ReadonlyArray<string>) =>
  Effect.match(Folders.readPictures([path], folders), {
    onFailure: ({ problem }) => problem,
    onSuccess: () => `read ${path}`
  })

describe("Folders", () => {
  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    it.scoped("reads a picture by its name, by a path below, and by its whole path", () =>
      Effect.gen(function* () {
        const { open } = yield* home
        for (const path of ["picture.svg", "below/picture.svg", "below/../picture.svg", join(open, "picture.svg")])
          expect(yield* Folders.readPictures([path], [open])).toEqual([svg])
      })
    )

    it.scoped("reads nothing else, whatever the path looks like, and does not tell what is there", () =>
      Effect.gen(function* () {
        const { closed, open, root } = yield* home
        symlinkSync(join(closed, "picture.svg"), join(open, "link.svg"))
        symlinkSync(closed, join(open, "way"))
        symlinkSync(join(open, "loop.svg"), join(open, "loop.svg"))
        const hostile = [
          ...["../closed/picture.svg", "below/../../closed/picture.svg", join(closed, "picture.svg"), "/etc/passwd"],
          ...["../openings/picture.svg", join(root, "openings", "picture.svg")],
          ...["link.svg", "way/picture.svg", "loop.svg"],
          ...["", ".", "..", "below", open, "nothing.svg", "~/picture.svg"],
          ...["picture.svg\0", "picture.svg\n", "pic\u001b[2Jture.svg", "x".repeat(300), "x/".repeat(5000)],
          ...["CON", "NUL.png", "C:\\Windows\\win.ini", "\\\\server\\share\\a.png", "picture.svg::$DATA"],
          ...["file:///etc/passwd", "https://evil.example/picture.png", "%2e%2e/closed/picture.svg"]
        ]
        for (const path of hostile) {
          const said = yield* refused(path, [open])
          expect(said).toContain("is no file in the folders that this server may read")
          expect([said.length < 500, /\p{Cc}/u.test(said)]).toEqual([true, false])
        }
      })
    )

    it.scoped("reads nothing by a link in the place of the folder", () =>
      Effect.gen(function* () {
        const { closed, open, root } = yield* home
        renameSync(open, join(root, "before"))
        symlinkSync(closed, open)
        for (const path of ["picture.svg", join(open, "picture.svg"), join(closed, "picture.svg")])
          expect(yield* refused(path, [open])).toContain("is no file in the folders")
      })
    )

    it.scoped("reads a link that stays within, and a hard link", () =>
      Effect.gen(function* () {
        const { open } = yield* home
        symlinkSync(join(open, "picture.svg"), join(open, "inner.svg"))
        linkSync(join(open, "picture.svg"), join(open, "hard.svg"))
        for (const path of ["inner.svg", "hard.svg"]) expect(yield* Folders.readPictures([path], [open])).toEqual([svg])
      })
    )

    it.scoped("refuses what is no picture, or too large, by its size alone", () =>
      Effect.gen(function* () {
        const { open } = yield* home
        writeFileSync(join(open, "text.png"), "no picture")
        writeFileSync(join(open, "empty.png"), "")
        writeFileSync(join(open, "large.png"), new Uint8Array(Folders.mostBytes + 1))
        expect(yield* refused("text.png", [open])).toContain("holds no picture")
        expect(yield* refused("empty.png", [open])).toContain("holds no picture")
        expect(yield* refused("large.png", [open])).toMatch(/has 21\.0 MB; it may have 21\.0 MB/)
      })
    )
  })
})
