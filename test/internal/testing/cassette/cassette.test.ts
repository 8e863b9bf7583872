import { createServer } from "node:net"
import { FetchHttpClient, FileSystem, Path } from "@effect/platform"
import { expect, layer } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import { GeneratedImage, Images, type ImagesSchema, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { withFault } from "../../../support/emulated.js"
import { expectSame, request, streamed } from "./support/outcomes.js"
import { filesOf, noNetwork, recordAndReplay, recordingIn, server, taped, temporaryFolder } from "./support/taping.js"

layer(server, { excludeTestServices: true })("what was recorded is replayed without a network:", (it) => {
  it.scoped("a generation, with the bytes of its picture in a file that people can look at", () =>
    Effect.gen(function* () {
      const { folder, recorded, replayed } = yield* recordAndReplay(Images.generate(request))
      const [image] = (recorded as ImagesSchema.ImageGenerationResponse).data
      expect(image).toBeDefined()
      expectSame({ recorded, replayed })
      const [picture = "", recording] = yield* filesOf(folder)
      expect([picture, recording]).toEqual([
        expect.stringMatching(/^post-api-v1-images-[0-9a-f]{12}-1-[0-9a-f]{8}\.png$/),
        expect.stringMatching(/^post-api-v1-images-[0-9a-f]{12}-1\.json$/)
      ])
      const fs = yield* FileSystem.FileSystem
      const paths = yield* Path.Path
      expect(new Uint8Array(yield* fs.readFile(paths.join(folder, picture)))).toEqual(image?.bytes)
      expect((yield* recordingIn(folder)).text).not.toContain(image?.b64Json.slice(0, 100))
    })
  )

  it.scoped("a stream with its previews", () =>
    Effect.gen(function* () {
      const { folder, recorded, replayed } = yield* recordAndReplay(streamed())
      expect((recorded as ReadonlyArray<ImagesSchema.ImageStreamEvent>).map(({ _tag }) => _tag)).toEqual([
        ...["PartialImage", "PartialImage", "PartialImage", "Completed"]
      ])
      expectSame({ recorded, replayed })
      const pictures = (yield* filesOf(folder)).filter((name) => name.endsWith(".png"))
      expect(pictures).toHaveLength(4)
      const { response } = JSON.parse((yield* recordingIn(folder)).text)
      const events: ReadonlyArray<{ readonly content: { readonly b64_json: { readonly picture: string } } }> =
        response.chunks.filter(({ as }: { readonly as: string }) => as === "data")
      expect(events.map(({ content }) => content.b64_json.picture).sort()).toEqual(pictures)
    })
  )

  it.scoped("discovery", () =>
    Effect.gen(function* () {
      const discovered = Effect.all([Images.listModels(), Images.listModelEndpoints(request.model)])
      const { folder, ...outcomes } = yield* recordAndReplay(discovered)
      expectSame(outcomes)
      expect(yield* filesOf(folder)).toEqual([
        expect.stringMatching(/^get-api-v1-images-models-[0-9a-f]{12}-1\.json$/),
        expect.stringMatching(/^get-api-v1-images-models-openai-gpt-image-1-mini-endpoints-[0-9a-f]{12}-1\.json$/)
      ])
    })
  )

  it.scoped("several pictures, each in its own format", () =>
    Effect.gen(function* () {
      const { folder, ...outcomes } = yield* recordAndReplay(
        Images.generate({ ...request, n: 2, outputFormat: "webp" })
      )
      expectSame(outcomes)
      expect((yield* filesOf(folder)).filter((name) => name.endsWith(".webp"))).toHaveLength(2)
    })
  )

  it.scoped("a refused connection", () =>
    Effect.gen(function* () {
      const outcomes = yield* recordAndReplay(Images.generate(request), { baseUrl: yield* closedPort })
      expect(outcomes.recorded).toMatchObject({ _tag: "ConnectionError", phase: "connect", code: "ECONNREFUSED" })
      expectSame(outcomes)
    })
  )

  it.scoped("as far as the caller of a stream has read it", () =>
    Effect.gen(function* () {
      const first = Stream.runHead(Images.generateStream(request))
      const { folder, ...outcomes } = yield* recordAndReplay(first)
      expect(Option.isOption(outcomes.recorded) && Option.isSome(outcomes.recorded)).toBe(true)
      expectSame(outcomes)
      expect(JSON.parse((yield* recordingIn(folder)).text)).toMatchObject({ isInterrupted: true })
    })
  )

  it.scoped("equal requests in the order of their answers", () =>
    Effect.gen(function* () {
      const busy = Effect.flip(Images.generate(request, withFault({ _tag: "Status", status: 429 })))
      const outcomes = yield* recordAndReplay(Effect.all([busy, Images.generate(request), busy]))
      expect(outcomes.recorded).toMatchObject([{ status: 429 }, { data: [{}] }, { status: 429 }])
      expectSame(outcomes)
    })
  )
})

/** The address of a port where nobody listens any more. */
const closedPort = Effect.async<string>((resume) => {
  const listener = createServer().listen(0, "127.0.0.1", () => {
    const address = listener.address()
    const port = typeof address === "object" ? address?.port : undefined
    listener.close(() => resume(Effect.succeed(`http://127.0.0.1:${port}/api/v1`)))
  })
})

layer(server, { excludeTestServices: true })("a cassette", (it) => {
  const over = (folder: string, mode: "record" | "replay" | "auto" = "replay") => taped({ folder, mode }, noNetwork)

  it.scoped("names what differs from the nearest recording, and sends nothing", () =>
    Effect.gen(function* () {
      const { folder } = yield* recordAndReplay(
        Effect.all([Images.listModels(), Images.generate({ ...request, seed: 1, outputFormat: "jpeg" })])
      )
      const changed = Images.generate({ ...request, prompt: "a paper ship", outputFormat: "jpeg", n: 2 })
      const error = yield* Effect.flip(Effect.provide(changed, over(folder)))
      expect(error).toMatchObject({ _tag: "ConnectionError", phase: "response", billing: "unknown" })
      expect(error.message).toContain(`the cassette ${folder} has no recording of this POST /api/v1/images: `)
      expect(error.message).toMatch(/the nearest is post-api-v1-images-[0-9a-f]{12}-1\.json, which differs in /)
      expect(error.message).toContain('body.prompt: recorded "a paper boat", requested "a paper ship"; ')
      expect(error.message).toContain("body.seed: recorded 1, not requested")
      expect(error.message).toContain("body.n: not recorded, requested 2")
      expect(error.message).not.toContain("output_format")
    })
  )

  it.scoped("says that it is empty, or used up", () =>
    Effect.gen(function* () {
      const empty = yield* temporaryFolder
      expect((yield* Effect.flip(Effect.provide(Images.generate(request), over(empty)))).message).toContain(
        "it has no recordings"
      )
      const missing = Effect.provide(Images.generate(request), over(`${empty}/nowhere`))
      expect((yield* Effect.flip(missing)).message).toContain("it has no recordings")
      const { folder } = yield* recordAndReplay(Images.generate(request))
      const twice = Effect.zip(Images.generate(request), Images.generate(request))
      expect((yield* Effect.flip(Effect.provide(twice, over(folder)))).message).toContain(
        "no further recording of this POST /api/v1/images: it has 1, which was replayed"
      )
      const retry = Retry.make({ initialInterval: "1 millis", maxRetries: 2, while: Retry.whenTransient })
      const retried = taped({ folder: empty }, noNetwork, { retry })
      expect((yield* Effect.flip(Effect.provide(Images.listModels(), retried))).message).toContain(
        "it has no recordings"
      )
    })
  )

  it.scoped("recognizes a reference by its content", () =>
    Effect.gen(function* () {
      const { image, svg } = yield* Effect.promise(() => import("effect-openrouter-images/Testing"))
      const drawn = (image: GeneratedImage.GeneratedImage) =>
        Images.generate({
          ...request,
          inputReferences: [{ type: "image_url", imageUrl: { url: GeneratedImage.toDataUrl(image) } }]
        })
      const { folder, ...outcomes } = yield* recordAndReplay(drawn(image))
      expectSame(outcomes)
      const { text } = yield* recordingIn(folder)
      const hash = yield* GeneratedImage.sha256(image)
      expect(text).toContain(`"data:image/png;base64,<${image.bytes.length} bytes, SHA-256 ${hash}>"`)
      expect(text).not.toContain(image.b64Json)
      const { message } = yield* Effect.flip(Effect.provide(drawn(svg), over(folder)))
      expect(message).toContain("body.input_references.0.image_url.url: recorded ")
    })
  )

  it.scoped("records anew what was recorded, and leaves no picture that no recording names", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { baseUrl } = yield* Emulator.Emulator
      const live = taped({ folder, mode: "record" }, FetchHttpClient.layer, { baseUrl })
      yield* Effect.provide(Images.generate(request), live)
      const before = yield* filesOf(folder)
      const again = yield* Effect.provide(Images.generate(request), live)
      const after = yield* filesOf(folder)
      expect(after).toHaveLength(2)
      expect(after[1]).toBe(before[1])
      expect(yield* Effect.provide(Images.generate(request), over(folder))).toEqual(again)
    })
  )
})
