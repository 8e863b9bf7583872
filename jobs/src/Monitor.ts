/**
 * What a supervisor asks a worker: whether it lives, whether it can work, and what it counts.
 *
 * @since 0.2.0
 */
import { createServer } from "node:http"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import type { ServeError } from "@effect/platform/HttpServerError"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Tables from "./internal/database/tables.js"
import { lastLook } from "./internal/monitor/metrics.js"
import { familyOf, format } from "./internal/monitor/openMetrics.js"
import { read } from "./internal/monitor/readings.js"

/**
 * @since 0.2.0
 * @category models
 */
export interface Options {
  /** Default: 9464. */
  readonly port?: number | undefined
  /** Default: `127.0.0.1`. Whoever reaches it sees the names of the jobs and what they cost. */
  readonly host?: string | undefined
}

/** A worker that can work looks for items every second. */
const maxLookAgeMillis = 15_000

/** The database, once there is one. */
type Database = Ref.Ref<Option.Option<Context.Context<SqlClient.SqlClient>>>

/** Asks the database. None where there is none, and where it does not answer in time. */
const ask = <A, E>(
  database: Database,
  question: Effect.Effect<A, E, SqlClient.SqlClient>,
  patience: Duration.DurationInput
): Effect.Effect<Option.Option<A>> =>
  Effect.flatMap(
    Ref.get(database),
    Option.match({
      onNone: () => Effect.succeedNone,
      onSome: (services) =>
        Effect.option(Effect.timeout(Effect.disconnect(Effect.provide(question, services)), patience))
    })
  )

const one = Effect.flatMap(SqlClient.SqlClient, (sql) => sql`SELECT 1 AS one`)

interface Status {
  readonly alive: true
  readonly database: "reachable" | "away"
  /** ISO 8601; null before the first time. */
  readonly lastLook: string | null
  readonly ready: boolean
}

const status = (database: Database): Effect.Effect<Status> =>
  Effect.gen(function* () {
    const isReachable = Option.isSome(yield* ask(database, one, "2 seconds"))
    const looked = yield* lastLook
    const now = yield* Clock.currentTimeMillis
    return {
      alive: true,
      database: isReachable ? "reachable" : "away",
      lastLook: looked === 0 ? null : new Date(looked).toISOString(),
      ready: isReachable && now - looked < maxLookAgeMillis
    }
  })

const openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"

const routerOf = (database: Database) =>
  HttpRouter.empty.pipe(
    HttpRouter.get(
      "/health",
      Effect.map(status(database), (status) => HttpServerResponse.unsafeJson(status))
    ),
    HttpRouter.get(
      "/ready",
      Effect.map(status(database), (status) =>
        HttpServerResponse.unsafeJson(status, { status: status.ready ? 200 : 503 })
      )
    ),
    HttpRouter.get(
      "/metrics",
      Effect.gen(function* () {
        // Without the database, a worker's own counts are still worth having.
        const ofDatabase = Option.getOrElse(yield* ask(database, read, "5 seconds"), () => [])
        const own = (yield* Metric.snapshot).flatMap(familyOf)
        return HttpServerResponse.text(format([...own, ...ofDatabase]), { contentType: openMetrics })
      })
    )
  )

/**
 * Serves the pages of `layer` at once, before there is a database: a worker that waits for its database lives, and is
 * not ready. The layer that it gives tells it the database. Build that one beside `Worker.layer`.
 *
 * @since 0.2.0
 * @category constructors
 */
export const serve = (
  options: Options = {}
): Effect.Effect<Layer.Layer<never, never, SqlClient.SqlClient>, ServeError, Scope.Scope> =>
  Effect.gen(function* () {
    const database: Database = yield* Ref.make(Option.none<Context.Context<SqlClient.SqlClient>>())
    const server = NodeHttpServer.layer(() => createServer(), {
      host: options.host ?? "127.0.0.1",
      port: options.port ?? 9464
    })
    const app = Effect.catchAll(routerOf(database), () => HttpServerResponse.empty({ status: 404 }))
    yield* Layer.build(Layer.provide(HttpServer.serve(app), server))
    const join = Effect.flatMap(Effect.context<SqlClient.SqlClient>(), (services) =>
      Ref.set(database, Option.some(services))
    )
    return Layer.scopedDiscard(Effect.acquireRelease(join, () => Ref.set(database, Option.none()))).pipe(
      Layer.provide(Tables.layer)
    )
  })

/**
 * Serves three pages for whoever looks after a worker. Put it beside `Worker.layer`, in the same process.
 *
 * - `/health` answers 200 for as long as the process lives, and says whether the database is reachable and when the
 *   worker last looked for items.
 * - `/ready` says the same, with 503 where the database is away or the worker has not looked for 15 seconds.
 * - `/metrics` has the metrics of the process and of all jobs in the text format of OpenMetrics: items by state, spend,
 *   pauses, the gate, the oldest waiting job, attempts by outcome, calls under way.
 *
 * It asks for no password: keep its port within your own network.
 *
 * @since 0.2.0
 * @category layers
 * @example
 * ```ts
 * import { Layer, Redacted } from "effect"
 * import * as Monitor from "effect-openrouter-images-jobs/Monitor"
 * import * as Postgres from "effect-openrouter-images-jobs/Postgres"
 *
 * const MonitorLive = Monitor.layer({ host: "0.0.0.0", port: 9464 }).pipe(
 *   Layer.provide(Postgres.layerClient({ url: Redacted.make("postgres://localhost/pictures") }))
 * )
 * ```
 */
export const layer = (options: Options = {}): Layer.Layer<never, ServeError, SqlClient.SqlClient> =>
  Layer.unwrapScoped(serve(options))
