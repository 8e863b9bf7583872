import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck, Option } from "effect"
import { GeneratedImage, Images, Provenance } from "effect-openrouter-images"
import { emulated } from "./support/emulated.js"
import type { Request, Response } from "./support/generating.js"
import { decoded, kinds, pngChunk, xmpOf } from "./support/pictures.js"

const request: Request = { model: "author/slug", prompt: 'a "red" panda & <friends>, 大熊猫 🐼', seed: 7 }
const image = GeneratedImage.make(await kinds["PNG of 8 bits"]())
const response: Response = {
  created: 1_700_000_000,
  data: [image],
  usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3, cost: 0.04 },
  generationId: "gen-1"
}
const provenance = Provenance.of(request, response)

const pictures = await Promise.all(
  Object.entries(kinds).map(async ([name, make]) => [name, GeneratedImage.make(await make())] as const)
)
/** One of each format. */
const formats = pictures.filter(([name]) => ["PNG of 8 bits", "baseline JPEG", "lossy WebP", "SVG"].includes(name))

const read = (picture: GeneratedImage.GeneratedImage) => Option.getOrUndefined(Provenance.read(picture.bytes))
const count = (bytes: Uint8Array, text: string) => Buffer.from(bytes).toString("latin1").split(text).length - 1

/** Any text that JavaScript has, also halves of characters. */
const anyText = FastCheck.oneof(
  FastCheck.string({ unit: "binary", minLength: 1 }),
  FastCheck.array(FastCheck.integer({ min: 0, max: 0xffff }), { minLength: 1 }).map((units) =>
    String.fromCharCode(...units)
  ),
  FastCheck.array(
    FastCheck.constantFrom(
      ..."</metadata>|<script>|]]>|<?xpacket end='w'?>|&amp;|&#0;|\0|\r\n|\"|'|<eoi:json>".split("|")
    ),
    { minLength: 1 }
  ).map((parts) => parts.join(""))
)

describe("a picture's provenance", () => {
  it("tells prompt, model, seed, cost and generation of one picture", () => {
    expect(provenance).toMatchObject({
      prompt: request.prompt,
      model: "author/slug",
      seed: 7,
      costUsd: 0.04,
      generationId: "gen-1",
      created: 1_700_000_000,
      request,
      missingReferences: 0
    })
  })

  it("shares what the call cost among its pictures", () => {
    expect(Provenance.of({ ...request, n: 2 }, { ...response, data: [image, image] }).costUsd).toBe(0.02)
    expect(Provenance.of(request, { ...response, data: [] }).costUsd).toBe(0.04)
    const { usage: _, ...unpriced } = response
    expect(Provenance.of(request, unpriced)).not.toHaveProperty("costUsd")
  })

  it("names the model of a fallback, which is the one to ask again", () => {
    const made = Provenance.of(request, { ...response, fallback: { model: "other/model", failures: [] } })
    expect(made.model).toBe("other/model")
    expect(made.request).toEqual({ ...request, model: "other/model" })
  })

  it("has no content of references, and says how many it lacks", () => {
    const inputReferences = ["data:image/png;base64,aGVsbG8=", "https://example.com/cat.png"].map((url) => ({
      type: "image_url" as const,
      imageUrl: { url }
    }))
    const made = read(Provenance.write(image, Provenance.of({ ...request, inputReferences }, response)))
    expect(made?.request.inputReferences?.map(({ imageUrl }) => imageUrl.url)).toEqual([
      "data:image/png;base64,",
      "https://example.com/cat.png"
    ])
    expect(made?.missingReferences).toBe(1)
  })

  it("says nothing about who asked, and keeps whatever else was sent", () => {
    const asked = {
      ...request,
      user: "me",
      sessionId: "s",
      trace: { a: 1 },
      n: undefined,
      provider: { only: ["seed"], options: { seed: { watermark: false } } },
      brand_new: { deep: [1, "two", null] }
    }
    const { n: _, sessionId: __, trace: ___, user: ____, ...kept } = asked
    expect(read(Provenance.write(image, Provenance.of(asked, response)))?.request).toStrictEqual(kept)
  })
})

describe("writing", () => {
  for (const [name, picture] of pictures) {
    it(`leaves every pixel of a ${name} as it is, and is read back`, async () => {
      const written = Provenance.write(picture, provenance)
      expect(written.bytes).not.toEqual(picture.bytes)
      expect(written.mediaType).toBe(picture.mediaType)
      expect(read(written)).toStrictEqual(provenance)
      const before = await decoded(picture.bytes)
      const after = await decoded(written.bytes)
      expect(after.pixels).toBe(before.pixels)
      expect(after.metadata).toEqual(before.metadata)
      if (written.extension !== "svg") {
        const xmp = await xmpOf(written.bytes)
        expect(xmp).toContain(
          '<rdf:li xml:lang="x-default">a &quot;red&quot; panda &amp; &lt;friends&gt;, 大熊猫 🐼</rdf:li>'
        )
        expect(xmp).toContain("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia")
        expect(xmp).toContain("<Iptc4xmpExt:AISystemUsed>author/slug</Iptc4xmpExt:AISystemUsed>")
        expect(xmp).toContain("<xmp:CreatorTool>effect-openrouter-images</xmp:CreatorTool>")
      }
    })

    it(`replaces the earlier one of a ${name}`, async () => {
      const other = Provenance.of({ ...request, prompt: "another", seed: 8 }, response)
      const twice = Provenance.write(Provenance.write(picture, other), provenance)
      expect(twice.bytes).toEqual(Provenance.write(picture, provenance).bytes)
      expect(count(twice.bytes, "another")).toBe(0)
      expect(count(twice.bytes, "<eoi:json>")).toBe(1)
    })
  }

  it("puts the prompt and the tool into a PNG's own texts as well, once", () => {
    const bytes = Buffer.from(Provenance.write(Provenance.write(image, provenance), provenance).bytes)
    expect(bytes.includes(Buffer.from(pngChunk("iTXt", `Description\0\0\0\0\0${request.prompt}`)))).toBe(true)
    expect(bytes.includes(Buffer.from(pngChunk("tEXt", "Software\0effect-openrouter-images")))).toBe(true)
    expect([count(bytes, "Description\0"), count(bytes, "Software\0")]).toEqual([1, 1])
  })

  it("goes behind the headers of a JPEG, which want to be the first", () => {
    const [, jpeg = image] = pictures.find(([name]) => name === "JPEG with Exif") ?? []
    const text = Buffer.from(Provenance.write(jpeg, provenance).bytes).toString("latin1")
    expect(text.indexOf("Exif\0")).toBeGreaterThan(0)
    expect(text.indexOf("http://ns.adobe.com/xap/1.0/\0")).toBeGreaterThan(text.indexOf("Exif\0"))
    expect(text.indexOf("http://ns.adobe.com/xap/1.0/\0")).toBeLessThan(text.indexOf("\xff\xdb"))
  })

  it.each([
    ["GIF", "GIF89a\x01\x00\x01\x00\x00\x00\x00;"],
    ["AVIF", "\x00\x00\x00\x1CftypavifmifXavif"],
    ["file of no known kind", "hello"],
    ["file without a byte", ""]
  ])("gives a %s back as it is", (_, text) => {
    const picture = GeneratedImage.make(Buffer.from(text, "latin1"))
    expect(Provenance.write(picture, provenance)).toBe(picture)
    expect(Provenance.read(picture.bytes)).toEqual(Option.none())
  })

  it("gives a JPEG back as it is when the request is too long for its segment, and cuts only the text for people before", async () => {
    const [, jpeg = image] = formats.find(([name]) => name === "baseline JPEG") ?? []
    const of = (prompt: string) => Provenance.write(jpeg, Provenance.of({ ...request, prompt }, response))
    const long = "大".repeat(15_000)
    expect(read(of(long))?.prompt).toBe(long)
    expect(await xmpOf(of(long).bytes)).toContain(`>${"大".repeat(500)}…<`)
    expect(await xmpOf(of(`.${"🐼".repeat(15_000)}`).bytes)).toContain(`>.${"🐼".repeat(249)}…<`)
    expect(of("大".repeat(25_000))).toBe(jpeg)
  })
})

describe("reading", () => {
  const svgSaying = (json: string) => {
    const namespace = 'xmlns:p="urn:effect-openrouter-images:provenance:1"'
    return new TextEncoder().encode(`<svg><metadata><x ${namespace}><p:json>${json}</p:json></x></metadata></svg>`)
  }
  const saying = (request: string) => svgSaying(`{"created":1,"request":${request}}`)

  it("takes what is a provenance", () => {
    expect(Option.isSome(Provenance.read(saying('{"model":"a/b","prompt":"x"}')))).toBe(true)
  })

  it.each([
    ["no JSON", svgSaying("a red panda")],
    ["other JSON", svgSaying("[1,2]")],
    ["a request without a model", saying('{"prompt":"x"}')],
    ["a cost without end", svgSaying('{"created":1,"costUsd":1e999,"request":{"model":"a/b","prompt":"x"}}')],
    ["a negative cost", svgSaying('{"created":1,"costUsd":-1,"request":{"model":"a/b","prompt":"x"}}')],
    ["a seed that is none", saying('{"model":"a/b","prompt":"x","seed":1.5}')],
    [
      "a reference to a file",
      saying(
        '{"model":"a/b","prompt":"x","inputReferences":[{"type":"image_url","imageUrl":{"url":"file:///etc/passwd"}}]}'
      )
    ],
    [
      "a request of bottomless depth",
      saying(`{"model":"a/b","prompt":"x","y":${"[".repeat(400_000)}${"]".repeat(400_000)}}`)
    ]
  ])("ignores %s", (_, bytes) => {
    expect(Provenance.read(bytes)).toEqual(Option.none())
  })

  it("changes no prototype", () => {
    const made = Option.getOrThrow(
      Provenance.read(saying('{"model":"a/b","prompt":"x","__proto__":{"polluted":true}}'))
    )
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false)
    expect(made.prompt).toBe("x")
  })
})

describe("any prompt", () => {
  for (const [name, picture] of formats) {
    it(`comes back from a ${name} as it was, and the picture is the same`, async () => {
      const before = await decoded(picture.bytes)
      await FastCheck.assert(
        FastCheck.asyncProperty(anyText, async (prompt) => {
          const written = Provenance.write(picture, Provenance.of({ ...request, prompt }, response))
          expect(read(written)?.prompt).toBe(prompt)
          expect(await decoded(written.bytes)).toEqual(before)
        }),
        { numRuns: 50 }
      )
    })
  }

  it("is no markup in an SVG", () => {
    const [, svg = image] = formats.find(([name]) => name === "SVG") ?? []
    const prompt = '</metadata><script>alert(1)</script><!-- ]]> <?x "'
    const written = Provenance.write(svg, Provenance.of({ ...request, model: prompt, prompt }, response))
    const text = Buffer.from(written.bytes).toString()
    expect(text).not.toContain("<script")
    expect(text.split("</metadata>")).toHaveLength(2)
    expect(read(written)?.prompt).toBe(prompt)
  })
})

describe("saving", () => {
  const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

  it.scoped("writes the provenance into the file, and nothing without one", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      const told = yield* GeneratedImage.save(image, `${at}/told`, { provenance })
      const untold = yield* GeneratedImage.save(image, `${at}/untold`)
      expect(Provenance.read(yield* fs.readFile(told))).toEqual(Option.some(provenance))
      expect(Buffer.from(yield* fs.readFile(untold)).equals(image.bytes)).toBe(true)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("goes where it is told, whatever the prompt says", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      const hostile = Provenance.of({ model: "../../etc/passwd", prompt: "../../../tmp/x\0.sh" }, response)
      const path = yield* GeneratedImage.save(image, `${at}/panda`, { provenance: hostile })
      expect(path).toBe(`${at}/panda.png`)
      expect(yield* fs.readDirectory(at)).toEqual(["panda.png"])
      expect((yield* Path.Path).dirname(path)).toBe(at)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  const generated: ReadonlyArray<Request> = [
    { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "64x64", outputFormat: "png" },
    { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "64x64", outputFormat: "jpeg" },
    { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "64x64", outputFormat: "webp", n: 2 },
    { model: "recraft/recraft-v4-svg", prompt: "a red panda", seed: 7 }
  ]
  for (const asked of generated) {
    it.scoped(`tells of a generated ${asked.outputFormat ?? "svg"} what it was made by`, () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const at = yield* folder
        const answer = yield* Images.generate(asked)
        const made = Provenance.of(asked, answer)
        const paths = yield* Effect.forEach(answer.data, (picture, i) =>
          GeneratedImage.save(picture, `${at}/${i}`, { provenance: made })
        )
        const told = yield* Effect.forEach(paths, (path) => Effect.map(fs.readFile(path), Provenance.read))
        expect(told.map(Option.getOrUndefined)).toStrictEqual(answer.data.map(() => made))
        expect(made.costUsd).toBeCloseTo((answer.usage?.cost ?? Number.NaN) / (asked.n ?? 1), 12)
        expect(made).toMatchObject({ request: asked, generationId: answer.generationId })
        const [before, after] = yield* Effect.promise(async () => [
          await Promise.all(answer.data.map(({ bytes }) => decoded(bytes))),
          await Promise.all(paths.map(async (path) => decoded(await Effect.runPromise(fs.readFile(path)))))
        ])
        expect(after).toEqual(before)
      }).pipe(Effect.provide([NodeContext.layer, emulated()]))
    )
  }
})
