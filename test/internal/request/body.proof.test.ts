import { FileSystem } from "@effect/platform"
import { layerMemory } from "@effect/platform/KeyValueStore"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import {
  Cache,
  type Client,
  type Errors,
  Images,
  type ImagesSchema,
  InputReference,
  Retry
} from "effect-openrouter-images"
import { reasonOf } from "../../support/fileFailure.js"
import { json, scripted } from "../../support/memoryHttp.js"

type Request = ImagesSchema.ImageGenerationRequest

const mebibyte = 1024 * 1024
const request: Request = { model: "author/slug", prompt: "a red panda in the snow" }

const answer = json(200, { created: 1, data: [{ b64_json: Buffer.alloc(60).toString("base64") }] })

/** How a generation fails, buffered or streamed, and how many requests were sent. */
const outcomeOf = (asked: Request, options: Images.RequestOptions = {}, client: Client.ClientOptions = {}) => {
  const { layer, received } = scripted([answer], { retry: Retry.none, ...client })
  const buffered = Effect.flip(Images.generate(asked, options))
  const streamed = Effect.flip(Stream.runDrain(Images.generateStream(asked, options)))
  return Effect.all([buffered, streamed]).pipe(
    Effect.provide(layer),
    Effect.map((failures) => ({ failures, sent: received.length }))
  )
}

const refused = (path: Errors.Issue["path"], message: RegExp) => ({
  _tag: "InvalidRequestError",
  billing: "notBilled",
  issues: [{ path, message: expect.stringMatching(message) }]
})

/** Six pictures of 75 MiB, which are one and the same here. */
const six: Request = {
  ...request,
  inputReferences: Array(6).fill(InputReference.fromUrl(`data:image/png;base64,${"A".repeat(100 * mebibyte)}`))
}

describe("a request that is larger than it may be", () => {
  it.effect("is refused with its size and the limit before its JSON is made", () =>
    Effect.gen(function* () {
      const { failures, sent } = yield* outcomeOf(six)
      const expected = refused(["inputReferences"], /600 MiB of JSON; a request may have 256 MiB \(maxRequestBytes\)$/)
      expect(failures).toMatchObject([expected, expected])
      expect(sent).toBe(0)
    })
  )

  it.effect("cannot be sent either where it is longer than a text can be", () =>
    Effect.gen(function* () {
      const { failures, sent } = yield* outcomeOf(six, { maxRequestBytes: 2048 * mebibyte })
      const expected = refused(["inputReferences"], /600 MiB of JSON; no text of this runtime is longer than 512 MiB$/)
      expect(failures).toMatchObject([expected, expected])
      expect(sent).toBe(0)
    })
  )

  it.effect("is found too where only its escapes make it longer than a text can be", () =>
    Effect.gen(function* () {
      const escaped = { ...request, prompt: "\u0001".repeat(100 * mebibyte) }
      const { failures } = yield* outcomeOf(escaped, { maxRequestBytes: 2048 * mebibyte })
      expect(failures[0]).toMatchObject(refused(["prompt"], /more than 100 MiB of JSON; no text of this runtime/))
    })
  )

  it.effect("is counted in bytes of UTF-8, by the client's limit or the call's", () =>
    Effect.gen(function* () {
      const euros = { ...request, prompt: "€".repeat(500) }
      const expected = refused(["prompt"], /request of 15\d\d bytes of JSON; a request may have 1000 bytes/)
      expect((yield* outcomeOf(euros, { maxRequestBytes: 1000 })).failures).toMatchObject([expected, expected])
      const byClient = yield* outcomeOf(euros, {}, { maxRequestBytes: 1000 })
      expect(byClient.failures).toMatchObject([expected, expected])
      const { layer } = scripted([answer], { maxRequestBytes: 1000 })
      yield* Effect.provide(Images.generate(euros, { maxRequestBytes: 2000 }), layer)
    })
  )

  it.effect("may have exactly as many bytes as it may", () =>
    Effect.gen(function* () {
      const size = Buffer.byteLength(JSON.stringify(request))
      const { layer } = scripted([answer, answer], {})
      yield* Effect.provide(Images.generate(request, { maxRequestBytes: size }), layer)
      const failure = yield* Effect.flip(Effect.provide(Images.generate(request, { maxRequestBytes: size - 1 }), layer))
      expect(failure).toMatchObject(refused(["prompt"], new RegExp(`of ${size} bytes`)))
    })
  )

  it.effect("is refused in a cache as well, which cannot say what it is known by", () =>
    Effect.gen(function* () {
      const { layer } = scripted([answer], {})
      const cached = Cache.layer().pipe(Layer.provide(layer), Layer.provide(layerMemory))
      const failure = yield* Effect.flip(Effect.provide(Images.generate({ ...six, seed: 1 }), cached))
      expect(failure).toMatchObject(refused(["inputReferences"], /600 MiB/))
    })
  )

  it.effect.each([0, -1, 1.5, Number.NaN])("has a limit that is a positive integer, not %s", (maxRequestBytes) =>
    Effect.gen(function* () {
      const expected = refused(["maxRequestBytes"], /^must be a positive integer, got /)
      expect((yield* outcomeOf(request, { maxRequestBytes })).failures).toMatchObject([expected, expected])
      const file = yield* Effect.flip(InputReference.fromFile("a.png", { maxRequestBytes }))
      expect(file).toMatchObject(expected)
    }).pipe(Effect.provide(FileSystem.layerNoop({})))
  )
})

describe("a file that is larger than a request may be", () => {
  const sparse = (size: number) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/huge.png`
      yield* fs.writeFile(path, new Uint8Array())
      yield* fs.truncate(path, size)
      return path
    })

  it.scoped("is refused with its size and the limit, and is not read", () =>
    Effect.gen(function* () {
      const path = yield* sparse(410 * mebibyte)
      const fs = yield* FileSystem.FileSystem
      const unread = { ...fs, readFile: () => Effect.dieMessage("it is read") }
      const failure = yield* InputReference.fromFile(path).pipe(
        Effect.provideService(FileSystem.FileSystem, unread),
        Effect.flip
      )
      expect(failure).toMatchObject({
        ...refused(["inputReferences"], /has 410 MiB, 546\.7 MiB as base64; a request may have 256 MiB of JSON/),
        operation: "generate"
      })
      const unlimited = InputReference.fromFile(path, { maxRequestBytes: 2048 * mebibyte })
      expect(yield* Effect.flip(Effect.provideService(unlimited, FileSystem.FileSystem, unread))).toMatchObject(
        refused(["inputReferences"], /has 410 MiB.*; a data URL takes 383 MiB at most$/)
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is found by what is read where it says another size", () =>
    Effect.gen(function* () {
      const path = yield* sparse(5000)
      const fs = yield* FileSystem.FileSystem
      const pipe = {
        ...fs,
        stat: (of: string) => Effect.map(fs.stat(of), (info) => ({ ...info, size: FileSystem.Size(0) }))
      }
      const failure = yield* InputReference.fromFile(path, { maxRequestBytes: 5000 }).pipe(
        Effect.provideService(FileSystem.FileSystem, pipe),
        Effect.flip
      )
      expect(failure).toMatchObject(refused(["inputReferences"], /has 5000 bytes, 6668 bytes as base64/))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.effect("that is not there is a PlatformError as ever", () =>
    Effect.map(Effect.flip(InputReference.fromFile("/no/such.png")), (error) =>
      expect(error._tag === "InvalidRequestError" || reasonOf(error)).toBe("NotFound")
    ).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("bytes whose base64 no text can hold", () => {
  it.effect("make a reference that the request's check refuses by its size", () =>
    Effect.gen(function* () {
      const reference = InputReference.fromBytes(new Uint8Array(410 * mebibyte), "image/png")
      const { failures, sent } = yield* outcomeOf({ ...request, inputReferences: [reference] })
      const expected = refused(
        ["inputReferences", 0, "imageUrl", "url"],
        /got "a picture of 410 MiB; a data URL takes 383 MiB at most"$/
      )
      expect(failures).toMatchObject([expected, expected])
      expect(sent).toBe(0)
    })
  )
})
