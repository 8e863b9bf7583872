// What users import is the same on both lines of Effect: the modules, the names in them, and what their declarations show.

import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import ts from "typescript"

const root = new URL("../..", import.meta.url).pathname

/** The folders of the package for each line. */
const lines = [root, `${root}effect4/`] as const

const Entry = Schema.NullOr(Schema.Union(Schema.String, Schema.Record({ key: Schema.String, value: Schema.String })))
const Manifest = Schema.parseJson(Schema.Struct({ exports: Schema.Record({ key: Schema.String, value: Entry }) }))

const exportsIn = (folder: string) =>
  FileSystem.FileSystem.pipe(
    Effect.flatMap((fs) => fs.readFileString(`${folder}package.json`)),
    Effect.flatMap(Schema.decode(Manifest)),
    Effect.map((manifest) => manifest.exports)
  )

/** The public modules, as paths of their code without an ending: `./dist/Images`. */
const modules = Effect.map(exportsIn(root), (exports) =>
  Object.values(exports).flatMap((entry) =>
    typeof entry === "object" && entry?.["default"] !== undefined ? [entry["default"].replace(/\.js$/, "")] : []
  )
)

const importedNames = (file: string) =>
  Effect.map(
    Effect.promise(() => import(file)),
    (module) => Object.keys(module).sort()
  )

/** The names that each declaration file exports, types among them. */
const declaredNames = (files: ReadonlyArray<string>) => {
  const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext, skipLibCheck: true, types: [] })
  const checker = program.getTypeChecker()
  return files.map((file) => {
    const source = program.getSourceFile(file)
    const symbol = source && checker.getSymbolAtLocation(source)
    return symbol === undefined ? [] : checker.getExportsOfModule(symbol).map(({ name }) => name)
  })
}

/** What a declaration file names of the rooms that no user imports: each module with the names that are taken from it. */
const internalsOf = (declarations: string) => {
  const imports =
    /^(?:import|export) (?:type )?(.+) from "[./]*(internal\/[^"]+)"|import\("[./]*(internal\/[^"]+)"\)\.(\w+)/gm
  return [...declarations.matchAll(imports)]
    .flatMap(([, names, from, inlineFrom, name]) =>
      (names ?? name ?? "")
        .split(",")
        .map((each) => `${from ?? inlineFrom}: ${each.replace(/[{}]|\btype\b/g, "").trim()}`)
    )
    .sort()
}

describe("the lines of Effect", () => {
  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    it.effect("have the same modules", () =>
      Effect.gen(function* () {
        const [three, four] = yield* Effect.forEach(lines, exportsIn)
        expect(four).toEqual(three)
        expect(Object.keys(three ?? {})).toContain("./Images")
      })
    )

    it.effect("export the same values from each module", () =>
      Effect.gen(function* () {
        for (const module of yield* modules) {
          const [three, four] = yield* Effect.forEach(lines, (line) => importedNames(`${line}${module}.js`))
          expect(four, module).toEqual(three)
          expect(three, module).not.toEqual([])
        }
      })
    )

    it.effect("declare the same names in each module", () =>
      Effect.gen(function* () {
        const paths = yield* modules
        const [three, four] = lines.map((line) => declaredNames(paths.map((module) => `${line}${module}.d.ts`)))
        expect(four).toEqual(three)
        for (const [i, names] of (three ?? []).entries()) expect(names, paths[i]).not.toEqual([])
      })
    )

    it.effect("show the same of what is internal", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        const shown = yield* Effect.forEach(lines, (line) =>
          Effect.gen(function* () {
            const dist = path.join(line, "dist")
            const files = (yield* fs.readDirectory(dist, { recursive: true })).filter(
              (file) => file.endsWith(".d.ts") && !file.startsWith("internal")
            )
            return yield* Effect.forEach(files.sort(), (file) =>
              Effect.map(fs.readFileString(path.join(dist, file)), (text) => [file, internalsOf(text)] as const)
            )
          })
        )
        expect(shown[1]).toEqual(shown[0])
        expect(Object.fromEntries(shown[0] ?? [])["Quote.d.ts"]).toContain("internal/endpoint/price.js: Price")
        expect(Object.fromEntries(shown[0] ?? [])["Budget.d.ts"]).toContain("internal/budget/ledger.js: * as Ledger")
      })
    )
  })
})
