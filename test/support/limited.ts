import { expect } from "@effect/vitest"
import { Array as Arr, type Duration, Effect, Layer, Metric, TestClock } from "effect"
import { type Client, Images, RateLimit, Retry } from "effect-openrouter-images"
import { type Answer, picture, type Script, scripted } from "./memoryHttp.js"
import { request } from "./operations.js"

/** The default delays without jitter. */
export const steady = Retry.make({ jitter: false })

export const names = ["generate", "generateStream", "listModels", "listModelEndpoints"] as const

/** A picture that takes this long. */
export const slow = (duration: Duration.DurationInput, answer: Answer = picture): Answer =>
  Effect.delay(answer, duration)

/** A gate before a server in memory that answers as the script says. */
export const limited = (options: RateLimit.Options, script: Script, client?: Client.ClientOptions) => {
  const { layer, received } = scripted(script, client)
  const times = () => received.map(({ at }) => at)
  const prompts = () => received.map(({ body }) => (body as { readonly prompt: string }).prompt)
  return { received, times, prompts, layer: Layer.provide(RateLimit.layer(options), layer) }
}

export const named = (prompt: string, options?: Client.RequestOptions) =>
  Images.generate({ ...request, prompt }, options)

/** Starts an effect, and lets it come as far as it can without time. */
export const start = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.tap(Effect.fork(effect), TestClock.adjust(0))

/** Starts so many calls in their order. */
export const startAll = (count: number, options?: Client.RequestOptions) =>
  Effect.map(
    Effect.forEach(Arr.range(1, count), (i) => start(Effect.exit(named(`${i}`, options)))),
    (fibers) => (i: number) => Arr.unsafeGet(fibers, i)
  )

export const count = <A>(all: ReadonlyArray<A>, each: A): number => all.filter((one) => one === each).length

/** Once each, in order, with how many times it comes. */
export const grouped = (times: ReadonlyArray<number>) =>
  [...new Set(times)].map((at) => [at, count(times, at)] as const)

export const gauges = Effect.all(
  ["openrouter_images_waiting", "openrouter_images_running"].map((name) =>
    Effect.map(Metric.value(Metric.gauge(name)), ({ value }) => value)
  )
)

export const expectEmpty = Effect.gen(function* () {
  expect(yield* RateLimit.status).toMatchObject({ waiting: 0, running: 0 })
  expect(yield* gauges).toEqual([0, 0])
})
