import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { Errors, GeneratedImage, Images, ImagesSchema, Provenance } from "effect-openrouter-images"
import { gallery } from "../../../src/commands/gallery/Gallery.js"
import { type GenerateOptions, generate } from "../../../src/commands/generate/Generate.js"
import { regenerate } from "../../../src/commands/generate/Regenerate.js"
import type { Failure } from "../../../src/failure/Failure.js"
import { script } from "../../support/batches.js"
import {
  cancelledWhen,
  cancelledWhenNamed,
  Environment,
  heard,
  inFolder,
  ledger,
  output,
  reset,
  small
} from "../../support/emulated.js"
import { format } from "../../support/plain.js"

const svg = GeneratedImage.make(
  new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg' width='8' height='4'/>")
)
const gif = GeneratedImage.make(
  Uint8Array.from(atob("R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="), (c) => c.charCodeAt(0))
)

const noSpace = new SystemError({
  reason: "Unknown",
  module: "FileSystem",
  method: "rename",
  pathOrDescriptor: "x.xmp"
})

/** As a reader of metadata sees it. */
const signed = GeneratedImage.make(
  new TextEncoder().encode(
    "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='4'><metadata><c2pa:manifest>AA</c2pa:manifest></metadata></svg>"
  )
)

const usage = { promptTokens: 0, completionTokens: 0, totalTokens: 0, cost: 0.04 }
const priced = new ImagesSchema.Completed({ image: svg, created: 1_700_000_000, usage, generationId: "gen-1" })
const unpriced = new ImagesSchema.Completed({ image: svg, created: 1_700_000_000 })

type Events = Stream.Stream<ImagesSchema.ImageStreamEvent, Errors.GenerateStreamError>

/** Runs the command where every stream is this one. */
const streamed = (out: string, events: Events, more: Partial<GenerateOptions> = {}) =>
  Effect.flatMap(Images.Images, (images) =>
    generate({ ...small, ...output, out, stream: true, ...more }).pipe(
      Effect.provideService(Images.Images, {
        ...images,
        generateStream: (_, options) => Stream.crossRight(Stream.fromEffect(options?.onAttempt ?? Effect.void), events)
      })
    )
  )

/** Runs the command where every answer is this one. */
const answered = (
  out: string,
  data: ReadonlyArray<GeneratedImage.GeneratedImage>,
  more: Partial<GenerateOptions> = {}
) =>
  Effect.flatMap(Images.Images, (images) =>
    generate({ ...small, ...output, out, ...more }).pipe(
      Effect.provideService(Images.Images, { ...images, generate: () => Effect.succeed({ created: 0, data }) })
    )
  )

const failing = (event: ImagesSchema.ImageStreamEvent, error: Errors.GenerateStreamError): Events =>
  Stream.concat(Stream.make(event), Stream.fail(error))

const broken = new Errors.ImageStreamError({
  ...{ operation: "generateStream", billing: "unknown", message: "the provider failed", generationId: "gen-2" }
})

const provenanceIn = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const [name = ""] = yield* fs.readDirectory(folder)
    return yield* Provenance.read(yield* fs.readFile(`${folder}/${name}`))
  })

/** Cancels a command that has had one event of a stream, and waits for the next. */
const cancelledInWait = <A, E, R>(
  event: ImagesSchema.ImageStreamEvent,
  command: (events: Events) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    const waits = yield* Ref.make(false)
    const wait = Stream.drain(Stream.fromEffect(Effect.zipRight(Ref.set(waits, true), Effect.never)))
    return yield* cancelledWhen(command(Stream.concat(Stream.make(event), wait)), () => Ref.get(waits))
  })

describe("what a stream leaves that did not end well", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("says in the file what its last picture said: cost, time and generation", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const { exit, stderr } = yield* heard(Effect.flip(streamed(out, failing(priced, broken))))
          expect(yield* provenanceIn(out)).toMatchObject({
            ...{ costUsd: 0.04, created: 1_700_000_000, generationId: "gen-1" }
          })
          expect(stderr).toMatch(/^cost {8}\$0\.04\ngeneration {2}gen-1$/m)
          const text = format(yield* exit)
          expect(text).toContain("the provider failed")
          expect(text).toMatch(/^cost {8}The generation was billed\.$/m)
          const shown = yield* heard(gallery({ folder: out, out: undefined, open: false }))
          expect(shown.stderr).toBe("gallery     1 picture, $0.04")
        })
      )
    )

    it.scoped("says the same with --json", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const { stdout } = yield* heard(Effect.flip(streamed(out, failing(priced, broken), { json: true })))
          expect(JSON.parse(stdout.join("\n"))).toMatchObject({
            ...{ result: "ImageStreamError", costUsd: 0.04, created: 1_700_000_000, generationId: "gen-1" }
          })
        })
      )
    )

    it.scoped("takes the generation from the failure where no picture said it, and knows no cost then", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const { exit, stderr } = yield* heard(Effect.flip(streamed(out, failing(unpriced, broken))))
          const { costUsd, generationId } = yield* provenanceIn(out)
          expect([costUsd, generationId]).toEqual([undefined, "gen-2"])
          expect(stderr).not.toMatch(/^(cost|generation)/m)
          expect(format(yield* exit)).toContain("It is not known whether the generation was billed.")
        })
      )
    )

    it.scoped("knows no cost where the failure holds a picture that came after the price", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const error = new Errors.ConnectionError({
            ...{ operation: "generateStream", billing: "unknown", phase: "response", description: "cut", images: [svg] }
          })
          yield* heard(Effect.flip(streamed(out, failing(priced, error))))
          expect((yield* provenanceIn(out)).costUsd).toBeUndefined()
        })
      )
    )

    it.scoped("says when it is cancelled what it cost, where that is known", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const known = yield* cancelledInWait(priced, (events) => streamed(out, events))
          expect(known.stderr).toMatch(
            /^cost {8}\$0\.04\ngeneration {2}gen-1\ncancelled: what it cost until then is shown above$/m
          )
          expect(yield* provenanceIn(out)).toMatchObject({ costUsd: 0.04, generationId: "gen-1" })
          const unknown = yield* cancelledInWait(unpriced, (events) => streamed(out, events))
          expect(unknown.stderr).toContain("it is not known whether it is billed")
        })
      )
    )
  })
})

describe("a generation whose answer is lost after its head", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    const cut = { _tag: "Reset", at: "body", bytes: 10 } as const
    const stall = { _tag: "Stall", at: "body", bytes: 10 } as const
    const streaming = { stream: true, model: "openai/gpt-image-1", size: undefined, seed: undefined }
    const lineOf = (id: string | undefined) => `openrouter-images cost ${id} --wait`

    /** The line at the end of what is said about a failure. */
    const lastLine = <A, R>(failing: Effect.Effect<A, Failure, R>) =>
      Effect.map(Effect.flip(failing), (failure) => format(failure).split("\n").at(-1))

    it.scoped("ends with the line that asks what it cost, in each command", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const [file = ""] = (yield* heard(generate({ ...small, ...output, out }))).stdout
          yield* reset
          const { model: _, prompt: __, ...shape } = small
          const commands: ReadonlyArray<Effect.Effect<void, Failure, Layer.Layer.Success<typeof Environment>>> = [
            generate({ ...small, ...output, out }),
            generate({ ...small, ...output, ...streaming, out }),
            regenerate({ ...shape, ...output, out, file, prompt: undefined, model: undefined })
          ]
          for (const command of commands) {
            yield* script({ ...cut, afterCompletion: true })
            const { exit } = yield* heard(lastLine(command))
            expect(yield* exit).toBe(lineOf((yield* ledger).at(-1)?.generationId))
          }
          expect(yield* ledger).toHaveLength(commands.length)
        })
      )
    )

    it.scoped("says the same when it is cancelled", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          for (const [count, more] of [{}, streaming].entries()) {
            yield* reset
            yield* script({ ...stall, afterCompletion: true })
            const { stderr } = yield* cancelledWhenNamed(generate({ ...small, ...output, ...more, out }))
            expect([count, stderr]).toEqual([
              count,
              "cancelled: it is not known whether it is billed; the line below asks\n" +
                lineOf((yield* ledger)[0]?.generationId)
            ])
          }
        })
      )
    )

    it.scoped("has the generation in the pictures that came before it was cancelled", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          yield* reset
          const { stderr } = yield* cancelledInWait(unpriced, (events) =>
            Effect.flatMap(Images.Images, (images) =>
              generate({ ...small, ...output, out, stream: true }).pipe(
                Effect.provideService(Images.Images, {
                  ...images,
                  generateStream: (_, options) =>
                    Stream.crossRight(Stream.fromEffect(options?.onGenerationId?.("gen-3") ?? Effect.void), events)
                })
              )
            )
          )
          expect(stderr).toMatch(/^generation {2}gen-3\ncancelled: .*\nopenrouter-images cost gen-3 --wait$/m)
          expect((yield* provenanceIn(out)).generationId).toBe("gen-3")
        })
      )
    )
  })
})

describe("a picture that is saved", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("is where the path says, whatever its media type", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const odd = new GeneratedImage.GeneratedImage(svg.bytes, "image/123")
          const { stdout } = yield* heard(answered(out, [odd, odd], { n: 2, noProvenance: true }))
          expect((yield* fs.readDirectory(out)).map((name) => `${out}/${name}`).sort()).toEqual([...stdout].sort())
          for (const path of stdout) expect(Uint8Array.from(yield* fs.readFile(path))).toEqual(svg.bytes)
          expect(stdout).toHaveLength(2)
        })
      )
    )

    it.scoped("is told of where it cannot carry its provenance, which is beside it then", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const line = /^provenance {2}(.*)$/m
          const saidOf = (data: ReadonlyArray<GeneratedImage.GeneratedImage>, more = {}) =>
            Effect.map(heard(answered(out, data, more)), ({ stderr }) => line.exec(stderr)?.[1])
          expect(yield* saidOf([gif])).toBe("beside the picture, in a file that ends in .xmp: keep both")
          expect(yield* saidOf([svg, signed], { n: 2 })).toMatch(/^beside 1 of the 2 pictures, /)
          expect(yield* saidOf([svg])).toBeUndefined()
          expect(yield* saidOf([gif], { noProvenance: true })).toBeUndefined()
        })
      )
    )

    it.scoped("is told of where its provenance could not be written beside it either", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const noSidecars: FileSystem.FileSystem = {
            ...fs,
            rename: (from, to) => (to.endsWith(".xmp") ? Effect.fail(noSpace) : fs.rename(from, to))
          }
          const { exit, stderr, stdout } = yield* heard(answered(out, [signed])).pipe(
            Effect.provideService(FileSystem.FileSystem, noSidecars)
          )
          expect(exit._tag).toBe("Success")
          expect(stderr).toMatch(/^provenance {2}not with the picture: it could not be written$/m)
          expect(yield* fs.readDirectory(out)).toEqual([stdout[0]?.slice(out.length + 1)])
        })
      )
    )

    it.scoped("that a provider has signed is made again by its sidecar, and shown in a gallery with it", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const { stdout } = yield* heard(answered(out, [signed], { seed: 5 }))
          expect(stdout).toHaveLength(1)
          const [file = ""] = stdout
          expect(Uint8Array.from(yield* fs.readFile(file))).toEqual(signed.bytes)
          const shown = yield* heard(gallery({ folder: out, out: undefined, open: false }))
          expect(shown.stderr).toMatch(/^gallery {5}1 picture/)
          const html = yield* fs.readFileString(`${out}/index.html`)
          expect(html).toContain("<dt>seed</dt><dd>5</dd>")
          expect(html).not.toContain(".xmp")
          const { model: _, prompt: __, ...shape } = { ...small, size: undefined, seed: undefined }
          const again = yield* heard(
            regenerate({ ...shape, ...output, out, file, prompt: undefined, model: undefined })
          )
          expect(again.stdout).toHaveLength(1)
          const request = Option.getOrThrow(yield* Provenance.readFile(again.stdout[0] ?? "")).request
          expect(request).toMatchObject({ prompt: small.prompt, seed: 5 })
        })
      )
    )
  })
})

describe("pictures that are not what was asked for", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    for (const stream of [false, true]) {
      it.scoped(`are saved with a warning, ${stream ? "of a stream too" : "and with what differs for programs"}`, () =>
        inFolder((out) =>
          Effect.gen(function* () {
            yield* script({ _tag: "Deviate", height: 16, format: "jpeg" })
            const options = { ...small, ...output, out, stream, json: true, outputFormat: "png" }
            const { exit, stderr, stdout } = yield* heard(generate(options))
            yield* exit
            expect(stderr).toMatch(
              /^picture {5}image\/jpeg, 32 x 16 pixels, .*\nwarning {5}asked 32x32 png, got 32x16 jpeg$/m
            )
            expect(JSON.parse(stdout.join("\n")).pictures).toMatchObject([
              {
                deviation: {
                  size: { asked: "32x32", delivered: "32x16" },
                  outputFormat: { asked: "png", delivered: "jpeg" }
                }
              }
            ])
          })
        )
      )
    }

    it.scoped("are none where they are what was asked for", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const { stderr, stdout } = yield* heard(generate({ ...small, ...output, out, json: true }))
          expect(stderr).not.toContain("warning")
          expect(JSON.parse(stdout.join("\n")).pictures[0]).not.toHaveProperty("deviation")
        })
      )
    )
  })
})
