import { S3Client } from "@aws-sdk/client-s3"
import { expect, it, layer } from "@effect/vitest"
import { Chunk, Deferred, Effect, Fiber, Layer, Logger, Runtime, Stream, TestClock } from "effect"
import * as FastCheck from "effect/FastCheck"
import { GeneratedImage } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Memory from "effect-openrouter-images-jobs/Memory"
import * as S3 from "effect-openrouter-images-jobs/S3"
import { bucket, bytes, refused, svg } from "./support/buckets.js"
import * as Server from "./support/s3Server.js"
import { imagesLive, itemsOf, made, prompts, realPause } from "./support/working.js"

const uploadsOf = ({ seen }: Server.Service, path: string) =>
  seen.filter(({ method, path: at }) => method === "PUT" && at.endsWith(path))

layer(Server.layer)("a bucket of pictures", (it) => {
  it.effect("keeps pictures of every format under their content's names, with their media types", () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      const types = ["image/png", "image/jpeg", "image/webp", "image/avif", "image/gif"]
      const pictures = [svg(1), ...types.map((type) => GeneratedImage.make(bytes(`the bytes of ${type}`), type))]
      yield* bucket({}, (store) =>
        Effect.forEach(pictures, (picture) =>
          Effect.gen(function* () {
            const stored = yield* store.put(picture)
            expect(stored).toEqual(yield* ImageStore.describe(picture))
            const kept = server.objects.get(`pictures/${stored.reference}`)
            expect(kept?.contentType).toBe(picture.mediaType)
            const read = yield* store.get(stored)
            expect(Buffer.from(read.bytes).equals(picture.bytes)).toBe(true)
            expect(read.mediaType).toBe(picture.mediaType)
          })
        )
      )
    })
  )

  it.effect("gives back any bytes as they were", () =>
    Effect.gen(function* () {
      const run = Runtime.runPromise(yield* Effect.runtime())
      yield* bucket({}, (store) =>
        Effect.promise(() =>
          FastCheck.assert(
            FastCheck.asyncProperty(FastCheck.uint8Array({ maxLength: 5_000 }), async (any) => {
              const read = await run(Effect.flatMap(store.put(GeneratedImage.make(any)), store.get))
              expect(Buffer.from(read.bytes).equals(any)).toBe(true)
            }),
            { numRuns: 40 }
          )
        )
      )
    })
  )

  it.effect("uploads a picture once, and names its SHA-256 to the server", () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      const stored = yield* bucket({}, (store) => Effect.zipRight(store.put(svg(2)), store.put(svg(2))))
      const uploads = uploadsOf(server, stored.reference)
      expect(uploads.map(({ status }) => status)).toEqual([200])
      expect(uploads[0]?.headers["x-amz-content-sha256"]).toBe(stored.sha256)
    })
  )

  it.effect("uploads again what is there with another length", () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      const { reference } = yield* ImageStore.describe(svg(3))
      server.objects.set(`pictures/${reference}`, {
        bytes: bytes("half a pict"),
        contentType: "image/svg+xml",
        putAt: new Date()
      })
      yield* bucket({}, (store) => store.put(svg(3)))
      expect(uploadsOf(server, reference)).toHaveLength(1)
      expect(server.objects.get(`pictures/${reference}`)?.bytes).toEqual(svg(3).bytes)
    })
  )

  it.effect("puts pictures into a folder of the bucket, and keeps it out of the reference", () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      for (const prefix of ["catalogue/spring 2026", "/catalogue/spring 2026/"]) {
        yield* bucket({ prefix }, (store) =>
          Effect.gen(function* () {
            const stored = yield* store.put(svg(4))
            expect(stored.reference).toBe(`${stored.sha256.slice(0, 2)}/${stored.sha256}.svg`)
            expect(server.objects.has(`pictures/catalogue/spring 2026/${stored.reference}`)).toBe(true)
            expect(uploadsOf(server, stored.reference)).toHaveLength(1)
            expect((yield* store.get(stored)).bytes).toEqual(svg(4).bytes)
          })
        )
      }
    })
  )

  it.effect("has the bucket's name in the path, unless told otherwise", () =>
    Effect.gen(function* () {
      const endpoint = (yield* Server.S3Server).options.endpoint.replace("127.0.0.1", "localhost")
      yield* bucket({ endpoint }, () => Effect.void)
      expect(yield* refused({ endpoint, forcePathStyle: false })).toContain("could not open")
    })
  )

  it.effect("puts again what was put long ago, lists all that is there, and removes what is old", () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      const all = [svg(20), svg(21), svg(22)]
      yield* TestClock.setTime(Date.now())
      yield* bucket({ prefix: "swept" }, (store) =>
        Effect.gen(function* () {
          const stored = yield* Effect.forEach(all, store.put)
          const [old, young] = stored.map(({ reference }) => reference)
          const age = (reference: string | undefined, minutes: number) => {
            const kept = server.objects.get(`pictures/swept/${reference}`)
            if (kept === undefined) return expect.fail("it is not there")
            server.objects.set(`pictures/swept/${reference}`, {
              ...kept,
              putAt: new Date(Date.now() - minutes * 60_000)
            })
          }
          age(old, 120)
          age(young, 45)
          const listed = Chunk.toReadonlyArray(yield* Stream.runCollect(store.list))
          expect(listed.map(({ reference }) => reference).sort()).toEqual(
            stored.map(({ reference }) => reference).sort()
          )
          expect(listed.map(({ byteLength }) => byteLength)).toEqual(all.map(({ bytes }) => bytes.byteLength))
          yield* store.put(all[1] ?? svg(21))
          expect(uploadsOf(server, young ?? "")).toHaveLength(2)
          const anHourAgo = Date.now() - 3_600_000
          expect(yield* store.remove(old ?? "", anHourAgo)).toBe(true)
          expect(yield* store.remove(young ?? "", anHourAgo)).toBe(false)
          expect(yield* store.remove("ab/never-there.png", anHourAgo)).toBe(false)
          expect(yield* Stream.runCount(store.list)).toBe(2)
        })
      )
    })
  )

  it.effect("says that a picture is not there", () =>
    Effect.gen(function* () {
      const stored = yield* ImageStore.describe(svg(5))
      const error = yield* Effect.flip(bucket({ prefix: "a" }, (store) => store.get(stored)))
      expect(error.method).toBe("get")
      expect(error.description).toBe(
        `NoSuchKey (404) for s3://pictures/a/${stored.reference}: there is no such object: it was never put, or it was deleted, or \`prefix\` is another one; request REQUEST-1`
      )
    })
  )

  it.effect("fails for bytes that are not those that were put", () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      const error = yield* bucket({}, (store) =>
        Effect.gen(function* () {
          const stored = yield* store.put(svg(6))
          server.objects.set(`pictures/${stored.reference}`, {
            bytes: svg(7).bytes,
            contentType: "image/svg+xml",
            putAt: new Date()
          })
          return yield* Effect.flip(store.get(stored))
        })
      )
      expect(error).toMatchObject({ _tag: "ImageStoreError", method: "get" })
      expect(error.description).toContain("is damaged")
    })
  )

  it.effect("has bytes refused that were damaged on their way", () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      server.faults.push({ on: "PUT", answer: "damage" })
      const error = yield* Effect.flip(bucket({}, (store) => store.put(svg(8))))
      expect(error.description).toContain("XAmzContentSHA256Mismatch (400)")
      const { reference } = yield* ImageStore.describe(svg(8))
      expect(server.objects.has(`pictures/${reference}`)).toBe(false)
    })
  )

  it.effect("lives through a server that is away for a moment", () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      server.faults.push({ on: "PUT", answer: { status: 503, code: "SlowDown" } })
      const { reference } = yield* bucket({}, (store) => store.put(svg(9)))
      expect(uploadsOf(server, reference).map(({ status }) => status)).toEqual([503, 200])
    })
  )

  it.effect("uploads with credentials that may not look whether a picture is there", () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      server.faults.push({ on: "GET", answer: { status: 403, code: "AccessDenied" } })
      server.faults.push({ on: "HEAD", answer: { status: 403, code: "AccessDenied" } })
      const { reference } = yield* bucket({}, (store) => store.put(svg(10)))
      expect(server.objects.has(`pictures/${reference}`)).toBe(true)
    })
  )

  it.effect("takes a client of one's own, and says what a server does not know", () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      const { accessKeyId, secretAccessKey } = server.account
      const config = {
        endpoint: server.options.endpoint,
        region: "us-east-1",
        forcePathStyle: true,
        credentials: { accessKeyId, secretAccessKey }
      }
      const put = (client: S3Client) =>
        Effect.flatMap(ImageStore.ImageStore, (store) => store.put(svg(12))).pipe(
          Effect.provide(S3.layerClient(client, { bucket: "pictures" })),
          Effect.ensuring(Effect.sync(() => client.destroy()))
        )
      const error = yield* Effect.flip(put(new S3Client(config)))
      expect(error.description).toContain('`requestChecksumCalculation: "WHEN_REQUIRED"` to a client of your own')
      const { reference } = yield* put(new S3Client({ ...config, requestChecksumCalculation: "WHEN_REQUIRED" }))
      expect(server.objects.has(`pictures/${reference}`)).toBe(true)
    })
  )
})

const store = Layer.unwrapEffect(Effect.map(Server.S3Server, ({ options }) => S3.layer(options)))
const fresh = Layer.provideMerge(store, Server.layer)

for (const [what, on, answer] of [
  ["an upload", "PUT", "silence"],
  ["a download", "GET", "half"]
] as const) {
  it.effect(`an interruption ends ${what} that is under way`, () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      const images = yield* ImageStore.ImageStore
      const begun = yield* Deferred.make<void>()
      server.faults.push({ on, answer, begun })
      const stored = yield* ImageStore.describe(svg(1))
      const request: Effect.Effect<unknown, unknown> = on === "PUT" ? images.put(svg(1)) : images.get(stored)
      const fiber = yield* Effect.fork(request)
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(server.abandoned)
      expect(server.objects.size).toBe(0)
    }).pipe(Effect.provide(fresh))
  )
}

it.effect("the end of the layer closes the client's connections", () =>
  Effect.gen(function* () {
    const { options, sockets } = yield* Server.S3Server
    const open = ImageStore.ImageStore.pipe(
      Effect.map(() => sockets.size),
      Effect.provide(S3.layer(options))
    )
    expect(yield* open).toBe(1)
    yield* Effect.repeat(realPause, { until: () => sockets.size === 0 })
  }).pipe(Effect.provide(Server.layer))
)

it.effect("a job's pictures end in the bucket", () =>
  Effect.gen(function* () {
    const server = yield* Server.S3Server
    const emulator = yield* Emulator.Emulator
    yield* made(prompts(5), { job: "to a bucket" })
    const items = yield* itemsOf("to a bucket")
    const pictures = items.flatMap(({ outcome }) => (outcome._tag === "Made" ? outcome.generation.pictures : []))
    expect(pictures).toHaveLength(5)
    expect([...server.objects.keys()].sort()).toEqual(pictures.map(({ reference }) => `pictures/${reference}`).sort())
    expect(yield* emulator.ledger).toHaveLength(5)
    const images = yield* ImageStore.ImageStore
    const read = yield* Effect.forEach(pictures, images.get)
    expect(read.map(({ dimensions }) => dimensions)).toEqual(Array(5).fill({ width: 64, height: 64 }))
  }).pipe(
    Effect.provide(
      Layer.merge(Jobs.layer, Worker.layer()).pipe(
        Layer.provideMerge(Memory.layer),
        Layer.provideMerge(fresh),
        Layer.provideMerge(imagesLive),
        Layer.provideMerge(Logger.remove(Logger.defaultLogger))
      )
    )
  )
)
