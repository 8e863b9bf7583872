// What the library has stored on one line of Effect, it reads on the other: a budget's ledger and a cache's folder.

import * as Command from "@effect/platform/Command"
import * as FileSystem from "@effect/platform/FileSystem"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { rewrite } from "../../effect4/codemod/rewrite.js"

const root = new URL("../..", import.meta.url).pathname

/** Makes the picture of a prompt, and tells what the budget has spent and what the emulator of this process has billed. */
const program = `
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted } from "effect"
import { Budget, Cache, Catalog, Client, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const ImagesLive = Cache.layer().pipe(
  Layer.provide(Cache.layerFolder("cache")),
  Layer.provideMerge(Budget.layerWithStore({ limitUsd: 1 })),
  Layer.provide(Budget.layerStoreFile({ path: "ledger.json" })),
  Layer.provide(Catalog.layer()),
  Layer.provide(Images.layer),
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provideMerge(Emulator.layerClient),
  Layer.provide(NodeContext.layer)
)

Effect.gen(function* () {
  yield* Images.generate({ model: "krea/krea-2", prompt: process.argv[1], seed: 7 })
  const { ledger } = yield* Emulator.Emulator
  const { spentUsd } = yield* Budget.status
  yield* Console.log(JSON.stringify({ spentUsd, billed: (yield* ledger).length }))
}).pipe(Effect.provide(ImagesLive), NodeRuntime.runMain)
`

/** The program of each line, and the folder that has its packages. */
const lines = {
  three: { code: program, packages: root },
  four: { code: rewrite("the program", program), packages: `${root}effect4/` }
}

const Printed = Schema.parseJson(Schema.Struct({ spentUsd: Schema.Number, billed: Schema.Number }))

const draw = (
  { code, packages }: { readonly code: string; readonly packages: string },
  folder: string,
  prompt: string
) =>
  Command.make(
    process.execPath,
    "--input-type=module",
    "-e",
    `process.chdir(${JSON.stringify(folder)})\n${code}`,
    prompt
  ).pipe(Command.workingDirectory(packages), Command.string, Effect.flatMap(Schema.decode(Printed)))

describe("what is stored", () => {
  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    for (const [first, second] of [
      [lines.three, lines.four],
      [lines.four, lines.three]
    ] as const)
      it.scoped(`is read on the other line of Effect (${first === lines.three ? "3, then 4" : "4, then 3"})`, () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const folder = yield* fs.makeTempDirectoryScoped()
          expect(yield* draw(first, folder, "a paper boat")).toEqual({ spentUsd: 0.01, billed: 1 })
          expect(yield* draw(second, folder, "a paper boat")).toEqual({ spentUsd: 0.01, billed: 0 })
          expect(yield* draw(second, folder, "a paper plane")).toEqual({ spentUsd: 0.02, billed: 1 })
          expect(yield* draw(first, folder, "a paper plane")).toEqual({ spentUsd: 0.02, billed: 0 })
        })
      )
  })
})
