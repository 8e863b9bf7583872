import { HttpClient, type HttpClientError, HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Effect, Either, FastCheck, Layer, Option } from "effect"
import * as Testing from "effect-openrouter-images/Testing"
import { describeFailure } from "../../../../src/internal/attempt/connectionFailure.js"
import { fromStream } from "../../../../src/internal/concurrency/streams.js"
import { noAnswer } from "../../../support/clientFailure.js"
import { noNetwork, temporaryFolder } from "./support/taping.js"

const png = Testing.image.b64Json
const json = (value: unknown) => JSON.stringify(value)

/** Parts of bodies: right ones, odd ones, and some that look like what a recording writes. */
const parts = FastCheck.oneof(
  FastCheck.string({ unit: "binary" }),
  FastCheck.json(),
  FastCheck.constantFrom(
    ...[
      "\n",
      "\n\n",
      "\r\n\r\n",
      " ",
      ": keep-alive\n\n",
      "data: [DONE]\n\n",
      '"',
      "\\",
      "\ufeff",
      png,
      png.slice(0, 41)
    ],
    ...[`"${png}"`, `data: {"b64_json":"${png}"}\n\n`, `{"b64_json":"${png}","n":1.0}`, json({ b64_json: png })],
    ...[`"data:image/png;base64,${png}"`, json(json({ b64_json: png })), `{"b64_json":"${png}`],
    ...[
      json({ picture: "a.png", sha256: "00" }),
      `data: ${json([{ picture: png, sha256: png }])}\n\n`,
      '{"__proto__":[1]}'
    ],
    `${"[".repeat(9000)}${"]".repeat(9000)}`
  )
)

interface Answer {
  readonly status: number
  readonly pieces: ReadonlyArray<Uint8Array>
  /** How the body breaks. Undefined where it ends well. */
  readonly broken: { readonly code: string; readonly message: string } | undefined
}

const bodies = FastCheck.oneof(
  {
    weight: 4,
    arbitrary: FastCheck.array(parts, { maxLength: 6 }).map((all) => new TextEncoder().encode(all.join("")))
  },
  { weight: 1, arbitrary: FastCheck.uint8Array({ maxLength: 300 }) }
)

const failures = FastCheck.record({
  code: FastCheck.constantFrom("ECONNRESET", "ECONNREFUSED", "UND_ERR_SOCKET", "ENOTFOUND", "ERR_SSL_WRONG_VERSION"),
  message: FastCheck.string().filter((text) => text.trim() !== "")
})

const answers: FastCheck.Arbitrary<Answer> = FastCheck.record({
  status: FastCheck.constantFrom(200, 202, 400, 429, 500, 599, 999),
  pieces: FastCheck.tuple(bodies, FastCheck.array(FastCheck.nat(400), { maxLength: 5 })).map(([body, cuts]) => {
    const places = [0, ...cuts.filter((place) => place < body.length).sort((a, b) => a - b), body.length]
    return places.slice(1).map((end, i) => body.slice(places[i], end))
  }),
  broken: FastCheck.option(failures, { nil: undefined })
})

const errorFrom = ({ code, message }: { readonly code: string; readonly message: string }) =>
  Object.assign(new TypeError("terminated"), { cause: Object.assign(new Error(message), { code }) })

const responseFrom = ({ broken, pieces, status }: Answer): Response => {
  const left = [...pieces]
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift()
      if (piece !== undefined) return controller.enqueue(piece)
      return broken === undefined ? controller.close() : controller.error(errorFrom(broken))
    }
  })
  return Object.defineProperty(new Response(body), "status", { value: status })
}

const network = (
  answer: (request: HttpClientRequest.HttpClientRequest) => Effect.Effect<Response, HttpClientError.HttpClientError>
) =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) =>
      Effect.map(answer(request), (response) => HttpClientResponse.fromWeb(request, response))
    )
  )

const told = (error: HttpClientError.HttpClientError) => {
  const { code, description, phase } = describeFailure(error)
  return { code, description, phase }
}

/** All that a caller sees of an answer. */
const seen = Effect.gen(function* () {
  const client = yield* HttpClient.HttpClient
  const response = yield* client.execute(HttpClientRequest.post("http://localhost/images"))
  const pull = yield* fromStream(response.stream)
  const bytes: Array<number> = []
  for (;;) {
    const next = yield* Effect.either(pull)
    if (Either.isRight(next)) for (const part of next.right) bytes.push(...part)
    else return { status: response.status, bytes, error: Option.getOrUndefined(Option.map(next.left, told)) }
  }
}).pipe(
  Effect.scoped,
  Effect.catchAll((error: HttpClientError.HttpClientError) => Effect.succeed(told(error)))
)

const recordedAndReplayed = (http: Layer.Layer<HttpClient.HttpClient>) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const through = (mode: "record" | "replay", below: Layer.Layer<HttpClient.HttpClient>) =>
      Effect.provide(
        seen,
        Testing.layerCassette({ folder, mode }).pipe(Layer.provide(below), Layer.provide(NodeContext.layer))
      )
    return [
      yield* Effect.provide(seen, http),
      yield* through("record", http),
      yield* through("replay", noNetwork)
    ] as const
  }).pipe(Effect.scoped, Effect.provide(NodeContext.layer))

const holds = <A>(inputs: FastCheck.Arbitrary<A>, http: (input: A) => Layer.Layer<HttpClient.HttpClient>) =>
  FastCheck.assert(
    FastCheck.asyncProperty(inputs, (input) =>
      Effect.runPromise(
        Effect.map(recordedAndReplayed(http(input)), ([bare, recorded, replayed]) => {
          expect(recorded).toEqual(bare)
          expect(replayed).toEqual(bare)
        })
      )
    )
  )

it("whatever came is what a caller sees while it is recorded, and when it is replayed: bytes and failure", () =>
  holds(answers, (answer) => network(() => Effect.sync(() => responseFrom(answer)))))

it("a request without an answer fails in the same way", () =>
  holds(failures, (failure) => network((request) => Effect.fail(noAnswer(request, { cause: errorFrom(failure) })))))
