// The calls: what each asks for, what is to happen to it, and what came of it.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client, type GeneratedImage, Images, Retry } from "effect-openrouter-images"
import { concurrency, type Options } from "./arguments.js"
import { type Kind, none, planOf, stalled } from "./kinds.js"
import { largePicture } from "./picture.js"
import { randomFrom } from "./random.js"
import type { Addresses } from "./servers.js"

export interface Call {
  readonly id: string
  readonly size: "small" | "large"
  /** What happens to each attempt. */
  readonly plan: ReadonlyArray<Kind>
  /** How many attempts were made. */
  attempts: number
  /** What came of it, each time that it came to an end: once, that is. */
  readonly outcomes: Array<string>
}

/** A call a number; large ones are spread evenly among the small ones. */
export const callsOf = ({ large, seed, small }: Options, name: string, faults = true): ReadonlyArray<Call> => {
  const every = Math.floor((small + large) / Math.max(1, large))
  return Array.from({ length: small + large }, (_, i) => ({
    id: `${name}-${i}`,
    size: i % every === 0 && i / every < large ? "large" : "small",
    plan: faults ? planOf(randomFrom(seed + i * 7919)) : [none],
    attempts: 0,
    outcomes: []
  }))
}

const header = "x-soak-call"

/** Each attempt carries the fault that is planned for it. */
const withFaults = (calls: ReadonlyMap<string, Call>) =>
  HttpClient.mapRequestEffect((request) =>
    Effect.sync(() => {
      const call = calls.get(request.headers[header] ?? "")
      const fault = call?.plan[call.attempts]?.fault
      if (call !== undefined) call.attempts++
      return fault === undefined
        ? request
        : HttpClientRequest.setHeader(request, "x-emulator-fault", JSON.stringify(fault))
    })
  )

const clients = { fetch: FetchHttpClient.layer, undici: NodeHttpClient.layerUndici }

/** `Images` over one client for all of the calls; the default policy, with short delays. */
export const imagesOver = (client: Options["client"], calls: ReadonlyMap<string, Call>): Layer.Layer<Images.Images> =>
  Images.layer.pipe(
    Layer.provide(
      Client.layer({
        apiKey: Redacted.make("sk-or-v1-soak"),
        retry: Retry.make({ initialInterval: "5 millis", maxInterval: "50 millis" }),
        transformClient: withFaults(calls)
      })
    ),
    Layer.provide(clients[client])
  )

const isRight = (call: Call, image: GeneratedImage.GeneratedImage | undefined): boolean =>
  call.size === "small"
    ? image?.dimensions?.width === 16 && image.dimensions.height === 16
    : image !== undefined && largePicture.equals(image.bytes)

/** Patience is short only where nothing will come. */
const timeoutOf = ({ plan }: Call, { patience }: Options): number =>
  plan.at(-1)?.outcome === stalled ? patience : 120_000

const generate = (call: Call, options: Options, addresses: Addresses) =>
  Images.generate(
    // The provider that charges: the other one gives the model away, and then no cost stands beside a spoilt picture.
    { model: "black-forest-labs/flux.2-klein-4b", prompt: call.id, size: "16x16", provider: { only: ["fireworks"] } },
    { baseUrl: addresses[call.size], headers: { [header]: call.id }, timeout: timeoutOf(call, options) }
  ).pipe(
    Effect.match({
      onSuccess: ({ data }) => (data.length === 1 && isRight(call, data[0]) ? "success" : "a wrong picture"),
      onFailure: (error) => `${error._tag} ${error.billing}`
    }),
    Effect.catchAllDefect((defect) => Effect.succeed(`defect: ${String(defect)}`)),
    Effect.andThen((outcome) => {
      call.outcomes.push(outcome)
    })
  )

/** All of the calls, 64 at once. */
export const runAll = (
  calls: ReadonlyArray<Call>,
  options: Options,
  addresses: Addresses
): Effect.Effect<void, never, Images.Images> =>
  Effect.forEach(calls, (call) => generate(call, options, addresses), { concurrency, discard: true })
