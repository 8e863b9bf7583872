// What every runtime must do, on the built package and by `fetch` unless another HttpClient is given: it imports nothing of Node's, and says what it saw.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Client from "effect-openrouter-images/Client"
import * as Errors from "effect-openrouter-images/Errors"
import * as GeneratedImage from "effect-openrouter-images/GeneratedImage"
import * as ImageStream from "effect-openrouter-images/ImageStream"
import * as Images from "effect-openrouter-images/Images"
import * as InputReference from "effect-openrouter-images/InputReference"
import * as Retry from "effect-openrouter-images/Retry"

const request = { model: "bytedance-seed/seedream-5-lite", prompt: "a red panda", size: "64x48", seed: 7 }
const streamed = { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "64x48" }

/** The fault that the emulator is to answer with. */
const fault = (value: object): Client.RequestOptions => ({
  retry: Retry.none,
  headers: { "x-emulator-fault": JSON.stringify(value) }
})

/** How a generation fails on a fault: its tag, and what it cost. */
const failing = (value: object, options: Client.RequestOptions = {}) =>
  Images.generate(request, { ...fault(value), ...options }).pipe(
    Effect.flip,
    Effect.map((error) => {
      const again = Schema.decodeUnknownSync(Errors.OpenRouterError)(
        JSON.parse(JSON.stringify(Schema.encodeSync(Errors.OpenRouterError)(error)))
      )
      return `${again._tag} ${again.billing}`
    })
  )

const failingStream = (value: object) =>
  Stream.runDrain(Images.generateStream(streamed, fault(value))).pipe(
    Effect.flip,
    Effect.map((error) => `${error._tag} ${error.billing}`)
  )

const tagsOf = <E, R>(stream: Stream.Stream<{ readonly _tag: string }, E, R>) =>
  Effect.map(Stream.runCollect(stream), (events) => [...events].map(({ _tag }) => _tag).join(" "))

/** Each check, what it must give, and what gives it. */
const checks: ReadonlyArray<
  readonly [name: string, expected: string, actual: Effect.Effect<string, unknown, Images.Images>]
> = [
  [
    "lists models and endpoints",
    "true",
    Effect.gen(function* () {
      const { data } = yield* Images.listModels()
      const { endpoints } = yield* Images.listModelEndpoints(data[0]?.id ?? "")
      return String(data.length >= 12 && endpoints.length > 0)
    })
  ],
  [
    "generates a picture, the same for the same seed, and can send it back",
    "image/png 64x48 true 64 data:image/png;base64,iVBORw0KGgo",
    Effect.gen(function* () {
      const [one, other] = yield* Effect.all([Images.generate(request), Images.generate(request)])
      const [image, same] = [one.data[0], other.data[0]]
      if (image === undefined || same === undefined) return "no picture"
      const [hash, sameHash] = yield* Effect.all([GeneratedImage.sha256(image), GeneratedImage.sha256(same)])
      const size = `${image.dimensions?.width}x${image.dimensions?.height}`
      const url = InputReference.fromImage(image).imageUrl.url.slice(0, 33)
      return `${image.mediaType} ${size} ${hash === sameHash} ${hash.length} ${url}`
    })
  ],
  [
    "streams previews and the picture",
    "PartialImage PartialImage PartialImage Completed",
    Effect.suspend(() => tagsOf(Images.generateStream(streamed)))
  ],
  [
    "reads a stream in small pieces, with CR line ends and data on several lines",
    "1",
    ImageStream.runFinal(
      Images.generateStream(streamed, fault({ _tag: "Stream", lineEnds: "cr", severalLines: true, chunkBytes: 997 }))
    ).pipe(Effect.map(({ data }) => String(data.length)))
  ],
  ["knows no credits", "PaymentRequiredResponseError notBilled", failing({ _tag: "Status", status: 402 })],
  ["knows an edge timeout", "EdgeNetworkTimeoutResponseError unknown", failing({ _tag: "Status", status: 524 })],
  ["knows a page of HTML", "BadGatewayResponseError unknown", failing({ _tag: "Status", status: 502, body: "html" })],
  ["knows a reset before the head", "ConnectionError unknown", failing({ _tag: "Reset", at: "head" })],
  ["knows a reset in the body", "ConnectionError unknown", failing({ _tag: "Reset", at: "body" })],
  ["knows a wrong answer", "ResponseValidationError billed", failing({ _tag: "Corrupt", how: "badBase64" })],
  [
    "gives up after its timeout",
    "RequestTimeoutError unknown",
    failing({ _tag: "Stall", at: "body" }, { timeout: "300 millis" })
  ],
  ["knows a failure in the stream", "ImageStreamError notBilled", failingStream({ _tag: "Stream", how: "error" })],
  [
    "knows a stream that ends early",
    "IncompleteStreamError unknown",
    failingStream({ _tag: "Stream", how: "endEarly" })
  ],
  [
    "tries again what cost nothing",
    "1",
    Effect.gen(function* () {
      // The header asks for the fault each time, so the number of attempts shows in the time: three waits of 20 ms.
      const retry = Retry.make({ initialInterval: "20 millis", exponent: 1, jitter: false, maxRetries: 3 })
      const [took] = yield* Effect.timed(failing({ _tag: "Status", status: 429 }, { retry }))
      return String(Math.min(1, Math.floor(Duration.toMillis(took) / 60)))
    })
  ],
  [
    "can be interrupted",
    "interrupted",
    Images.generate(request, fault({ _tag: "Stall", at: "head" })).pipe(
      Effect.timeoutOption("200 millis"),
      Effect.map((answer) => (Option.isSome(answer) ? "answered" : "interrupted"))
    )
  ],
  [
    "refuses a wrong request",
    "InvalidRequestError notBilled",
    Images.generate({ ...request, n: 0 }).pipe(
      Effect.flip,
      Effect.map((error) => `${error._tag} ${error.billing}`)
    )
  ]
]

/** A line for each check that is not as it should be. */
export const run = (
  baseUrl: string,
  http: Layer.Layer<HttpClient.HttpClient> = FetchHttpClient.layer
): Promise<{ readonly checks: number; readonly problems: ReadonlyArray<string> }> =>
  Effect.forEach(checks, ([name, expected, actual]) =>
    actual.pipe(
      Effect.catchAllCause((cause) => Effect.succeed(`failed: ${cause}`)),
      Effect.map((seen) => (seen === expected ? [] : [`${name}: expected ${expected}, got ${seen}`]))
    )
  ).pipe(
    Effect.map((problems) => ({ checks: checks.length, problems: problems.flat() })),
    Effect.provide(
      Images.layer.pipe(
        Layer.provide(Client.layer({ baseUrl, apiKey: Redacted.make("sk-or-runtimes") })),
        Layer.provide(http)
      )
    ),
    Effect.runPromise
  )
