/** The commands against an emulator in memory, and what they say. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { Catalog, Client, Images, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { Connection } from "../../src/Connection.js"
import type { OutputOptions } from "../../src/options/OutputOptions.js"
import type { RequestOptions } from "../../src/options/RequestOptions.js"
import * as Color from "../../src/terminal/Color.js"
import type { Protocol } from "../../src/terminal/inline/Protocol.js"
import { Opener } from "../../src/terminal/Opener.js"
import { Screen } from "../../src/terminal/Screen.js"
import { Shutdown } from "../../src/terminal/Shutdown.js"

const pipe = Effect.succeed({ isTerminal: false, columns: undefined })

/** A screen whose channels nobody reads. */
export const pipedScreen: Layer.Layer<Screen> = Layer.succeed(Screen, {
  isInteractive: Effect.succeed(false),
  ask: () => Effect.dieMessage("not in a pipe"),
  input: Effect.succeed(""),
  stdout: pipe,
  stderr: pipe,
  inline: Effect.succeed(undefined),
  write: () => Effect.dieMessage("not to a pipe")
})

/** `written` is what is drawn on stderr. */
export const terminalOf = (written: Array<string>, columns = 80, inline?: Protocol): Layer.Layer<Screen> => {
  const channel = Effect.succeed({ isTerminal: true, columns, lines: 30 })
  return Layer.succeed(Screen, {
    isInteractive: Effect.succeed(true),
    ask: () => Effect.succeedNone,
    input: Effect.dieMessage("not from a terminal"),
    stdout: channel,
    stderr: channel,
    inline: Effect.succeed(inline),
    write: (text) => Effect.sync(() => written.push(text))
  })
}

export const Environment = Layer.mergeAll(
  Catalog.layer().pipe(
    Layer.provideMerge(Images.layer),
    Layer.provideMerge(Client.layer({ apiKey: Redacted.make("sk-or-emulated"), retry: Retry.none })),
    Layer.provideMerge(Emulator.layerClient)
  ),
  pipedScreen,
  Layer.succeed(Opener, { open: () => Effect.dieMessage("nothing is opened") }),
  Layer.succeed(Shutdown, { markOrderly: Effect.void }),
  Layer.succeed(Connection, { emulated: false, attempts: 1 }),
  NodeContext.layer
)

/** A small picture, made quickly. */
export const small: RequestOptions = {
  ...{ prompt: "a paper boat", model: "bytedance-seed/seedream-5-lite", reference: [] },
  ...{ n: undefined, size: "32x32", aspectRatio: undefined, resolution: undefined, quality: undefined },
  ...{ outputFormat: undefined, background: undefined, outputCompression: undefined, seed: 1 },
  ...{ providerOnly: undefined, providerOrder: undefined, providerIgnore: undefined, providerSort: undefined },
  ...{ providerOptions: undefined, noFallbacks: false, sessionId: undefined, user: undefined, trace: undefined }
}

/** Files, and nothing else to see. */
export const output: Omit<OutputOptions, "out"> = {
  ...{ stream: false, show: false, open: false, json: false, noProvenance: false },
  ...{ timeout: undefined, budget: undefined, maxCost: undefined, emulator: false }
}

/** The lines of each channel. */
export interface Said {
  readonly stdout: Array<string>
  readonly stderr: Array<string>
}

const recorded =
  (said: Said) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(Console.consoleWith(Effect.succeed), (console) =>
      Effect.withConsole(effect, {
        ...console,
        log: (...args) => Effect.sync(() => said.stdout.push(Color.strip(args.join(" ")))),
        error: (...args) => Effect.sync(() => said.stderr.push(Color.strip(args.join(" "))))
      })
    )

/** Runs an effect and gives what it said on each channel, as a pipe gets it, whether it succeeded or not. */
export const heard = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const said: Said = { stdout: [], stderr: [] }
    const exit = yield* Effect.exit(recorded(said)(effect))
    return { exit, stdout: said.stdout, stderr: said.stderr.join("\n") }
  })

/** Starts an effect. `said` grows with each line that it says. */
export const begun = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const said: Said = { stdout: [], stderr: [] }
    return { said, fiber: yield* Effect.fork(recorded(said)(effect)) }
  })

/** Waits until something holds, however slow the machine is. */
export const eventually = <E, R>(holds: Effect.Effect<boolean, E, R>) =>
  Effect.asVoid(Effect.repeat(Effect.delay(holds, "10 millis"), { until: (all) => all }))

/** Cancels an effect as Ctrl-C does, as soon as something holds, and gives what it said on stderr. */
export const cancelledWhen = <A, E, R, E2, R2>(
  effect: Effect.Effect<A, E, R>,
  holds: (said: Said) => Effect.Effect<boolean, E2, R2>
) =>
  Effect.gen(function* () {
    const { fiber, said } = yield* begun(effect)
    yield* eventually(holds(said))
    const exit = yield* Fiber.interrupt(fiber)
    return { exit, stderr: said.stderr.join("\n") }
  })

/** Cancels an effect after it has sent so many generations. */
export const cancelledAfter = <A, E, R>(count: number, effect: Effect.Effect<A, E, R>) =>
  cancelledWhen(effect, () => Effect.map(sent, (all) => all >= count))

/** Cancels an effect as soon as the head of an answer has named its generation, and gives what it said. */
export const cancelledWhenNamed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const images = yield* Images.Images
    const named = yield* Deferred.make<void>()
    const told = (options: Images.RequestOptions = {}): Images.RequestOptions => ({
      ...options,
      onGenerationId: (id) =>
        Effect.zipRight(options.onGenerationId?.(id) ?? Effect.void, Deferred.succeed(named, undefined))
    })
    const observed = Effect.provideService(effect, Images.Images, {
      ...images,
      generate: (request, options) => images.generate(request, told(options)),
      generateStream: (request, options) => images.generateStream(request, told(options))
    })
    return yield* heard(Effect.raceFirst(observed, Deferred.await(named)))
  })

export const inFolder = <A, E, R>(use: (folder: string) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.flatMap(fs.makeTempDirectoryScoped(), use))

const count = (isOne: (request: { readonly method: string; readonly path: string }) => boolean) =>
  Effect.map(
    Effect.flatMap(Emulator.Emulator, ({ requests }) => requests),
    (all) => all.filter(isOne).length
  )

/** How many generations were asked for. */
export const sent = count(({ method }) => method === "POST")

/** How many questions for a record were asked. */
export const asked = count(({ path }) => path.includes("/generation?"))

/** What the emulator has billed. */
export const ledger = Effect.map(
  Effect.flatMap(Emulator.Emulator, (emulator) => emulator.ledger),
  (all) => all.map(({ costUsd, generationId, prompt }) => ({ costUsd, generationId, prompt }))
)

export const reset = Effect.flatMap(Emulator.Emulator, (emulator) => emulator.reset)

/** How late the records of the next generations appear, in milliseconds; `null` is never. */
export const records = (...next: ReadonlyArray<number | null>) =>
  Effect.flatMap(Emulator.Emulator, (emulator) => emulator.records({ next }))

/** Lets the time of a test pass until the effect has ended. */
export const passing = <A, E, R>(effect: Effect.Effect<A, E, R>, step: Duration.DurationInput = "5 seconds") =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    while ((yield* Fiber.status(fiber))._tag !== "Done") yield* TestClock.adjust(step)
    return yield* Fiber.join(fiber)
  })
