/** A worker as a process of its own: of a cluster over PostgreSQL, or alone over a file of SQLite. */
import { FetchHttpClient } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Config, Effect, Layer, Logger, LogLevel } from "effect"
import { Client, Images } from "effect-openrouter-images"
import { ImageStore, Worker } from "effect-openrouter-images-jobs"
import * as Postgres from "effect-openrouter-images-jobs/Postgres"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"

const engine = Layer.unwrapEffect(
  Effect.gen(function* () {
    const file = yield* Config.string("SQLITE_FILE").pipe(Config.withDefault(""))
    if (file !== "") return Sqlite.layer({ filename: file })
    const url = yield* Config.redacted("DATABASE_URL")
    const port = yield* Config.integer("PORT")
    const host = yield* Config.string("HOST").pipe(Config.withDefault("127.0.0.1"))
    return Postgres.layer({ url, port, host })
  })
)

const settings = Config.all({
  concurrency: Config.integer("CONCURRENCY").pipe(Config.withDefault(8)),
  rateLimit: Config.all({ requests: Config.integer("RATE_REQUESTS"), window: Config.duration("RATE_WINDOW") }).pipe(
    Config.withDefault(undefined)
  ),
  store: Config.string("STORE")
})

const worker = Layer.unwrapEffect(
  Effect.map(settings, ({ store, ...options }) =>
    Worker.layer(options).pipe(Layer.provide(ImageStore.layerFolder(store)))
  )
)

const clientLive = Client.layerConfig({
  apiKey: Config.redacted("OPENROUTER_API_KEY"),
  baseUrl: Config.string("OPENROUTER_BASE_URL"),
  // From a network namespace the API is at an address of the wire.
  allowInsecure: Config.boolean("ALLOW_INSECURE").pipe(Config.withDefault(false))
})

const imagesLive = Images.layer.pipe(Layer.provideMerge(clientLive), Layer.provide(FetchHttpClient.layer))

const logging = Layer.unwrapEffect(
  Effect.map(Config.logLevel("LOG_LEVEL").pipe(Config.withDefault(LogLevel.Error)), Logger.minimumLogLevel)
)

worker.pipe(
  Layer.provide(imagesLive),
  Layer.provide(engine),
  Layer.provide(NodeContext.layer),
  Layer.provide(logging),
  Layer.launch,
  NodeRuntime.runMain
)
