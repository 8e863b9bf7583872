import { readFileSync } from "node:fs"
import { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { GeneratedImage, Provenance } from "effect-openrouter-images"
import { fileFailure, reasonOf } from "../../support/fileFailure.js"
import type { Request, Response } from "../../support/generating.js"
import { logged } from "../../support/logged.js"
import { kinds, signedKinds } from "../../support/pictures.js"

const request: Request = { model: "author/slug", prompt: 'a "red" panda & <friends>, 大熊猫 🐼', seed: 7 }
const plain = GeneratedImage.make(await kinds["PNG of 8 bits"]())
const signed = GeneratedImage.make(await signedKinds.PNG())
const response: Response = { created: 1_700_000_000, data: [signed], generationId: "gen-1" }
const provenance = Provenance.of(request, response)
const other = Provenance.of({ ...request, prompt: "a fox" }, response)

/** What another tool keeps beside a picture. */
const foreign = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"/>
</rdf:RDF></x:xmpmeta>`

/** A folder of its own for each test. */
const inFolder = <A, E>(use: (at: string, fs: FileSystem.FileSystem) => Effect.Effect<A, E, NodeContext.NodeContext>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return yield* use(yield* fs.makeTempDirectoryScoped(), fs)
  }).pipe(Effect.scoped, Effect.provide(NodeContext.layer))

const readBack = (path: string) => Effect.map(Provenance.readFile(path), Option.getOrUndefined)

describe("a picture that cannot carry its provenance", () => {
  const unfit: ReadonlyArray<readonly [name: string, make: () => Promise<Uint8Array>, extension: string]> = [
    ["signed PNG", signedKinds.PNG, "png"],
    ["signed JPEG", signedKinds.JPEG, "jpg"],
    ["GIF", async () => Buffer.from("GIF89a\x01\x00\x01\x00\x00\x00\x00;", "latin1"), "gif"],
    ["broken PNG", async () => (await kinds["PNG of 8 bits"]()).subarray(0, 60), "png"]
  ]
  it.effect.each(unfit)("is saved as it came, with a sidecar beside it: %s", ([_, make, extension]) =>
    inFolder((at, fs) =>
      Effect.gen(function* () {
        const image = GeneratedImage.make(new Uint8Array(yield* Effect.promise(make)))
        const path = yield* GeneratedImage.save(image, `${at}/panda`, { provenance })
        expect((yield* fs.readDirectory(at)).sort()).toEqual([`panda.${extension}`, `panda.${extension}.xmp`])
        expect(Buffer.from(yield* fs.readFile(path)).equals(image.bytes)).toBe(true)
        expect(yield* readBack(path)).toEqual(provenance)
        expect(Provenance.read(yield* fs.readFile(`${path}.xmp`))).toEqual(Option.some(provenance))
      })
    )
  )

  it.effect("has one too where a JPEG has no room for the request", () =>
    inFolder((at) =>
      Effect.gen(function* () {
        const jpeg = GeneratedImage.make(yield* Effect.promise(kinds["baseline JPEG"]))
        const long = Provenance.of({ ...request, prompt: "大".repeat(25_000) }, response)
        expect(yield* readBack(yield* GeneratedImage.save(jpeg, `${at}/a`, { provenance: long }))).toEqual(long)
      })
    )
  )

  it.effect("has its sidecar under a name that its folder takes", () =>
    inFolder((at, fs) =>
      Effect.gen(function* () {
        for (const name of [`${"x".repeat(251)}.png`, "大".repeat(100)]) {
          const path = yield* GeneratedImage.save(signed, `${at}/${name}`, { provenance })
          expect(yield* readBack(path)).toEqual(provenance)
        }
        expect((yield* fs.readDirectory(at)).filter((name) => name.endsWith(".xmp"))).toHaveLength(2)
      })
    )
  )

  it.effect("carries it all the same with `breakSignature`, and has no sidecar", () =>
    inFolder((at, fs) =>
      Effect.gen(function* () {
        const path = yield* GeneratedImage.save(signed, `${at}/panda`, { provenance, breakSignature: true })
        expect(yield* fs.readDirectory(at)).toEqual(["panda.png"])
        expect(yield* readBack(path)).toEqual(provenance)
      })
    )
  )

  it.effect("is saved with a warning where the sidecar cannot be written", () =>
    inFolder((at, fs) =>
      Effect.gen(function* () {
        const broken = { ...fs, writeFile: failingOn(".xmp", fs.writeFile), rename: failingOn(".xmp", fs.rename) }
        const save = Effect.provideService(
          GeneratedImage.save(signed, `${at}/panda`, { provenance }),
          FileSystem.FileSystem,
          broken
        )
        const [path, lines] = yield* logged(save)
        expect(path).toBe(`${at}/panda.png`)
        expect(yield* fs.readDirectory(at)).toEqual(["panda.png"])
        expect(lines).toEqual([
          ["Warning", expect.stringMatching(/^The picture is saved, but .*panda\.png\.xmp: .*ENOSPC/)]
        ])
      })
    )
  )

  it.effect("is saved where the file system breaks down behind it", () =>
    inFolder((at, fs) =>
      Effect.gen(function* () {
        const broken = { ...fs, readFileString: () => Effect.dieMessage("broken") }
        const save = GeneratedImage.save(signed, `${at}/panda`, { provenance })
        const [path, lines] = yield* logged(Effect.provideService(save, FileSystem.FileSystem, broken))
        expect([path, lines.length]).toEqual([`${at}/panda.png`, 1])
      })
    )
  )

  it.effect("does not show on a system without room: neither it nor its sidecar is there", () =>
    inFolder((at, fs) =>
      Effect.gen(function* () {
        const full = { ...fs, rename: failingOn("panda", fs.rename) }
        const save = GeneratedImage.save(signed, `${at}/panda`, { provenance })
        yield* Effect.flip(Effect.provideService(save, FileSystem.FileSystem, full))
        expect(yield* fs.readDirectory(at)).toEqual([])
      })
    )
  )
})

describe("a sidecar that is there before", () => {
  const leftBy = (
    before: string | undefined,
    save: Effect.Effect<string, unknown, NodeContext.NodeContext>,
    file: string
  ) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      if (before !== undefined) yield* fs.writeFileString(file, before)
      yield* save
      return yield* Effect.option(fs.readFileString(file))
    })
  const cases: ReadonlyArray<readonly [name: string, image: GeneratedImage.GeneratedImage, told: boolean]> = [
    ["embeds its provenance", plain, true],
    ["is saved without provenance", plain, false],
    ["is signed and saved without provenance", signed, false]
  ]
  it.effect.each(cases)("goes when the new picture %s", ([_, image, told]) =>
    inFolder((at, fs) =>
      Effect.gen(function* () {
        const path = yield* GeneratedImage.save(signed, `${at}/panda`, { provenance: other })
        const how = told ? { provenance } : {}
        expect(yield* leftBy(undefined, GeneratedImage.save(image, path, how), `${path}.xmp`)).toEqual(Option.none())
        expect(yield* readBack(path)).toEqual(told ? provenance : undefined)
        expect(yield* fs.readDirectory(at)).toEqual(["panda.png"])
      })
    )
  )

  it.effect("tells of the new picture when that cannot carry its provenance", () =>
    inFolder((at) =>
      Effect.gen(function* () {
        const path = yield* GeneratedImage.save(signed, `${at}/panda`, { provenance: other })
        yield* GeneratedImage.save(signed, path, { provenance })
        expect(yield* readBack(path)).toEqual(provenance)
      })
    )
  )

  it.effect("keeps what another tool has written, and only what we said comes and goes", () =>
    inFolder((at) =>
      Effect.gen(function* () {
        const [path, file] = [`${at}/a.png`, `${at}/a.png.xmp`]
        const untouched = yield* leftBy(foreign, GeneratedImage.save(plain, path, { provenance }), file)
        expect(untouched).toEqual(Option.some(foreign))
        const added = yield* leftBy(undefined, GeneratedImage.save(signed, path, { provenance }), file)
        expect(Option.getOrThrow(added)).toContain('xmp:Rating="5"')
        expect(yield* readBack(path)).toEqual(provenance)
        expect(yield* leftBy(undefined, GeneratedImage.save(plain, path), file)).toEqual(Option.some(foreign))
      })
    )
  )

  it.effect("tells nothing old either where another tool has written our words anew", () =>
    inFolder((at, fs) =>
      Effect.gen(function* () {
        const [path, file] = [`${at}/a.png`, `${at}/a.png.xmp`]
        yield* GeneratedImage.save(signed, path, { provenance: other })
        const anew = (yield* fs.readFileString(file)).replaceAll("eoi:", "ns1:").replace("xmlns:eoi", "xmlns:ns1")
        expect(
          Option.getOrThrow(yield* leftBy(anew, GeneratedImage.save(signed, path, { provenance }), file))
        ).toContain("大熊猫")
        expect(yield* readBack(path)).toEqual(provenance)
        expect(yield* leftBy(anew, GeneratedImage.save(plain, path), file)).toEqual(Option.none())
      })
    )
  )

  it.effect("is left alone where it is no XMP, with a warning", () =>
    inFolder((at) =>
      Effect.gen(function* () {
        const [path, file] = [`${at}/a.png`, `${at}/a.png.xmp`]
        const [there, lines] = yield* logged(leftBy("notes", GeneratedImage.save(signed, path, { provenance }), file))
        expect(there).toEqual(Option.some("notes"))
        expect(lines).toHaveLength(1)
      })
    )
  )
})

describe("reading by path", () => {
  it.effect("believes the picture before its sidecar, and fails where there is no picture", () =>
    inFolder((at, fs) =>
      Effect.gen(function* () {
        const path = yield* GeneratedImage.save(plain, `${at}/a`, { provenance })
        yield* fs.writeFileString(`${path}.xmp`, other.xmp() ?? "")
        expect(yield* readBack(path)).toEqual(provenance)
        yield* fs.remove(path)
        expect(reasonOf(yield* Effect.flip(Provenance.readFile(path)))).toBe("NotFound")
        expect(yield* readBack(`${path}.xmp`)).toEqual(other)
      })
    )
  )

  it("takes a sidecar that exiftool has written anew", () => {
    const bytes = readFileSync(new URL("../../fixtures/exiftool-rated.xmp", import.meta.url))
    expect(Buffer.from(bytes).includes("<xmp:Rating>4</xmp:Rating>")).toBe(true)
    expect(Provenance.read(new Uint8Array(bytes))).toEqual(Option.some(provenance))
  })

  it.effect("finds nothing in a picture that says nothing, with a sidecar of anybody beside it or without", () =>
    inFolder((at, fs) =>
      Effect.gen(function* () {
        const path = yield* GeneratedImage.save(plain, `${at}/a`)
        expect(yield* readBack(path)).toBeUndefined()
        for (const text of [foreign, "", "\0", "x".repeat(1000)]) {
          yield* fs.writeFileString(`${path}.xmp`, text)
          expect(yield* readBack(path)).toBeUndefined()
        }
      })
    )
  )
})

/** The same, but for paths with these words in them. */
function failingOn<A extends ReadonlyArray<unknown>, R>(
  words: string,
  write: (from: string, ...rest: A) => R
): (from: string, ...rest: A) => R | Effect.Effect<never, PlatformError> {
  return (from, ...rest) => {
    const path = [from, ...rest].find((one) => typeof one === "string" && one.includes(words))
    return path === undefined ? write(from, ...rest) : Effect.fail(noSpace(String(path)))
  }
}

const noSpace = (path: string): PlatformError => fileFailure("Unknown", "ENOSPC", path)
