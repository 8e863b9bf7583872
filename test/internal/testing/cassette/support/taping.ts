/** Records against the emulator's server, and replays where nothing may be sent. */
import { FetchHttpClient, FileSystem, HttpClient, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { Client, Images, Retry } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { Emulator } from "effect-openrouter-images-emulator"

export const key = "sk-or-v1-5ca1ab1e/0ddba11+cafe"

/** A network that there is not. A request is a defect. */
export const noNetwork = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make(() => Effect.dieMessage("something was sent"))
)

/** `Images` over a cassette over a network. */
export const taped = (
  cassette: Testing.CassetteOptions,
  network: Layer.Layer<HttpClient.HttpClient>,
  options: Client.ClientOptions = {}
) =>
  Images.layer.pipe(
    Layer.provide(Client.layer({ apiKey: Redacted.make(key), retry: Retry.none, ...options })),
    Layer.provide(Testing.layerCassette(cassette)),
    Layer.provide(network),
    Layer.provide(NodeContext.layer)
  )

/** A folder that is there until the test has ended. */
export const temporaryFolder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

/** What some work gives, with its failure in the place of its value. */
const outcomeOf = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A | E, never, R> =>
  Effect.catchAll(work, Effect.succeed)

/** The outcome of some work while it is recorded, and when it is replayed. */
export const recordAndReplay = <A, E>(
  work: Effect.Effect<A, E, Images.Images>,
  options: Client.ClientOptions & { readonly pace?: "instant" | "recorded" } = {}
) =>
  Effect.gen(function* () {
    const { pace, ...client } = options
    const folder = yield* temporaryFolder
    const { baseUrl } = yield* Emulator.Emulator
    const live = taped({ folder, mode: "record" }, FetchHttpClient.layer, { baseUrl, ...client })
    const recorded = yield* Effect.provide(outcomeOf(work), live)
    const replayed = yield* Effect.provide(
      outcomeOf(work),
      taped({ folder, mode: "replay", pace }, noNetwork, { ...client, baseUrl: "https://openrouter.ai/api/v1" })
    )
    return { folder, recorded, replayed }
  })

/** The names of the files in a folder, in order. */
export const filesOf = (folder: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.map(fs.readDirectory(folder), (names) => names.sort()))

/** The only recording in a folder, as JSON, and its path. */
export const recordingIn = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const names = (yield* filesOf(folder)).filter((name) => name.endsWith(".json"))
    const [name = "none", ...others] = names
    if (others.length > 0) return yield* Effect.dieMessage(`there are ${names.join(", ")}`)
    const path = paths.join(folder, name)
    return { path, name, text: yield* fs.readFileString(path) }
  })

/** All that the tests need: the emulator's server and the disk. */
export const server = Layer.merge(Emulator.layerServer(), NodeContext.layer)
