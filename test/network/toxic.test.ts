import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { afterAll, describe, expect, it, layer } from "@effect/vitest"
import { Cause, Effect, Exit, Layer, Option, Redacted, Schedule, Stream } from "effect"
import { Client, type Errors, Images, type ImagesSchema, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { impatient, real } from "../faults/clocks.js"
import { type Case, cases, foretell, rawServer, retries } from "../faults/cuts.js"
import { type Toxic, toxicProxy } from "../support/toxicProxy.js"

const request = { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "16x16" } as const

/** What came of a call: the previews, whether there was a result, and the failure. */
interface Seen {
  readonly previews: number
  readonly ended: "success" | "defect" | "hangs" | Errors.OpenRouterError
}

type Run = Effect.Effect<number, Errors.OpenRouterError, Images.Images>
type Operation = (seen: { previews: number }) => Run

const events =
  (seen: { previews: number }) =>
  (event: ImagesSchema.ImageStreamEvent): number => {
    if (event._tag === "PartialImage") seen.previews++
    return event._tag === "Completed" ? event.image.bytes.length : 0
  }

const sizeOf = ({ data }: ImagesSchema.ImageGenerationResponse): number => data[0]?.bytes.length ?? 0

/** Each gives the size of its result. */
const operations = {
  generate: () => Effect.map(Images.generate(request), sizeOf),
  "generate by events": () => Effect.map(Images.generate(request, { wire: "events" }), sizeOf),
  generateStream: (seen) =>
    Stream.runFold(Stream.map(Images.generateStream(request), events(seen)), 0, (sum, size) => sum + size),
  listModels: () => Effect.map(Images.listModels(), ({ data }) => data.length + 1)
} satisfies Record<string, Operation>

const run = (operation: Operation, clock = real): Effect.Effect<Seen, never, Images.Images> =>
  Effect.suspend(() => {
    const seen = { previews: 0 }
    return operation(seen).pipe(
      Effect.withClock(clock),
      Effect.timeoutFail({ duration: "10 seconds", onTimeout: () => "hangs" as const }),
      Effect.exit,
      Effect.map((exit) => ({
        ...seen,
        ended: Exit.match(exit, {
          onSuccess: (size) => (size > 0 ? ("success" as const) : ("defect" as const)),
          onFailure: (cause) => Option.getOrElse(Cause.failureOption(cause), () => "defect" as const)
        })
      }))
    )
  })

const told = (ended: Seen["ended"]): string =>
  typeof ended === "string" ? ended : [ended._tag, ended.billing, ...("phase" in ended ? [ended.phase] : [])].join(", ")

const imagesAt = (port: number, options: Client.ClientOptions = {}) =>
  Layer.provide(
    Images.layer,
    Client.layer({
      baseUrl: `http://127.0.0.1:${port}/api/v1`,
      apiKey: Redacted.make("sk-or-toxic"),
      retry: { ...Retry.safe, schedule: Schedule.recurs(retries) },
      timeout: "8 seconds",
      ...options
    })
  )

let cuts = 0

/** Each connection carries one request: the answer of none ends well enough for another. */
const cutAt = (target: number, one: Case, how: "Reset" | "Fin", at: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const proxy = yield* toxicProxy(target, { _tag: how, at })
      const { ended, previews } = yield* Effect.provide(run(operations[one.name]), imagesAt(proxy.port))
      cuts++
      const seen = { previews, requests: proxy.connections(), ended: told(ended) }
      const foretold = foretell(one, at)
      return JSON.stringify(seen) === JSON.stringify(foretold) ? [] : [{ after: one.raw.slice(0, at), seen, foretold }]
    })
  )

const runs: Readonly<Record<string, readonly [Layer.Layer<HttpClient.HttpClient>, ReadonlyArray<Case>]>> = {
  fetch: [FetchHttpClient.layer, cases],
  undici: [NodeHttpClient.layerUndici, cases.filter(({ framing }) => framing === "in chunks")]
}

for (const [client, [clientLayer, some]] of Object.entries(runs)) {
  describe(`an answer over ${client}`, () => {
    for (const one of some) {
      for (const [how, name] of [
        ["Reset", "reset"],
        ["Fin", "ended"]
      ] as const) {
        it.scopedLive(
          `of ${one.name} ${one.framing}, ${name} at any byte, is typed, told right and never paid twice`,
          () =>
            Effect.gen(function* () {
              const target = yield* rawServer(one.raw)
              const positions = Array.from({ length: one.raw.length + 1 }, (_, at) => at)
              const deviations = yield* Effect.forEach(positions, (at) => cutAt(target, one, how, at), {
                concurrency: 16
              })
              expect(deviations.flat()).toEqual([])
            }).pipe(Effect.provide(clientLayer))
        )
      }
    }
  })
}

const names = ["generate", "generateStream", "listModels"] as const

const isSilent = ({ _tag }: Toxic): boolean => _tag === "Deaf" || _tag === "Stop"

/** A call of the emulator through a toxic, and what the emulator knows of it. Silence is over when it has come to `silence`. */
const through = (name: (typeof names)[number], toxic: Toxic, silence: Partial<Books> = {}) =>
  Effect.scoped(
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* emulator.reset
      const proxy = yield* toxicProxy(Number(new URL(emulator.baseUrl).port), toxic)
      const books = Effect.map(Effect.all([emulator.requests, emulator.ledger]), ([requests, ledger]) => {
        return { connections: proxy.connections(), requests: requests.length, billed: ledger.length }
      })
      const silent = Effect.map(books, (now) => JSON.stringify({ ...now, ...silence }) === JSON.stringify(now))
      const { ended } = yield* Effect.provide(
        run(operations[name], isSilent(toxic) ? impatient(silent) : real),
        imagesAt(proxy.port, isSilent(toxic) ? { timeout: "5 minutes", retry: Retry.none } : {})
      )
      return { ended: told(ended), ...(yield* books) }
    })
  )

interface Books {
  readonly connections: number
  readonly requests: number
  readonly billed: number
}

const slow: Readonly<Record<string, Toxic>> = {
  "that comes late": { _tag: "Latency", millis: 50 },
  "on a narrow line": { _tag: "Bandwidth", bytesPerSecond: 40_000 },
  "in pieces of one byte": { _tag: "Split" }
}

/** Each with the bytes of the answer that come through. */
const silent: ReadonlyArray<readonly [what: string, toxic: Toxic, reached: boolean]> = [
  ["that is never even asked for", { _tag: "Deaf" }, false],
  ["that breaks off in silence within its head", { _tag: "Stop", at: 20 }, true],
  ["that breaks off in silence within its body", { _tag: "Stop", at: 450 }, true]
]

describe("the emulator behind a network", () => {
  layer(Layer.merge(FetchHttpClient.layer, Emulator.layerServer()), { excludeTestServices: true })((it) => {
    for (const name of names) {
      const billed = name === "listModels" ? 0 : 1
      for (const [what, toxic] of Object.entries(slow)) {
        it.effect(`answers ${name} ${what} as ever`, () =>
          Effect.gen(function* () {
            const seen = yield* through(name, toxic)
            expect(seen).toEqual({ ended: "success", requests: 1, billed, connections: 1 })
          })
        )
      }

      for (const [what, toxic, reached] of silent) {
        it.effect(`times ${name} out for an answer ${what}`, () =>
          Effect.gen(function* () {
            const books = { connections: 1, requests: reached ? 1 : 0, billed: reached ? billed : 0 }
            const seen = yield* through(name, toxic, books)
            expect(seen).toEqual({ ended: `RequestTimeoutError, ${billed ? "unknown" : "notBilled"}`, ...books })
          })
        )
      }

      it.effect(`tells of a reset of ${name} behind the generation, and asks for no second one`, () =>
        Effect.gen(function* () {
          const seen = yield* through(name, { _tag: "Reset", at: 450 })
          const billing = billed ? "unknown" : "notBilled"
          const attempts = billed ? 1 : 1 + retries
          expect(seen).toMatchObject({ ended: `ConnectionError, ${billing}, response`, requests: attempts, billed })
        })
      )
    }
  })
})

afterAll(() => console.log(`${cuts} cuts`))
