/**
 * Jobs on many machines: the workers of a cluster share a PostgreSQL database, and one that dies leaves its work to the others.
 *
 * @since 0.1.0
 */
import * as ClusterWorkflowEngine from "@effect/cluster/ClusterWorkflowEngine"
import * as RunnerAddress from "@effect/cluster/RunnerAddress"
import * as ShardingConfig from "@effect/cluster/ShardingConfig"
import * as SqlRunnerStorage from "@effect/cluster/SqlRunnerStorage"
import type { SocketServerError } from "@effect/platform/SocketServer"
import * as NodeClusterSocket from "@effect/platform-node/NodeClusterSocket"
import * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import * as PgClient from "@effect/sql-pg/PgClient"
import type { WorkflowEngine } from "@effect/workflow/WorkflowEngine"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Messages from "./internal/engine/messageStorage.js"
import { settings } from "./internal/engine/shardingConfig.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: Redacted.Redacted
  /** How many connections this process may have. Default: 10; an engine has 4 at least. */
  readonly maxConnections?: number | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options extends DatabaseOptions {
  /** Where the other workers reach this one. Default: `127.0.0.1`. */
  readonly host?: string | undefined
  /** The port that it listens on at that host, one for each worker of a machine. */
  readonly port: number
  /** More of @effect/cluster's settings; they win over those of this module. */
  readonly shardingConfig?: Partial<ShardingConfig.ShardingConfig["Type"]> | undefined
}

/** Any number that nobody else takes for a lock in this database. */
const lockKey = 7_203_114_906

/** What an engine needs at once while it starts: for the lock of the start, for the locks of its shards, and for its questions. */
const fewestConnections = 4

/**
 * Where the connection is lost within a transaction, its end (COMMIT or ROLLBACK) fails too, and @effect/sql makes a defect of that. It is a failure of the
 * database like any other: the engine and the jobs try those again.
 */
const withoutDefects = (client: SqlClient.SqlClient): SqlClient.SqlClient => {
  const { withTransaction } = client
  return Object.assign(client, {
    withTransaction: <R, E, A>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
      Effect.catchSomeDefect(withTransaction(effect), (defect) =>
        defect instanceof SqlError ? Option.some(Effect.fail(defect)) : Option.none()
      )
  })
}

/**
 * The database alone, for a program that submits jobs or looks at them while workers elsewhere carry them out.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerClient = (
  options: DatabaseOptions
): Layer.Layer<SqlClient.SqlClient, SqlError | ConfigError.ConfigError> =>
  Layer.effect(SqlClient.SqlClient, Effect.map(SqlClient.SqlClient, withoutDefects)).pipe(
    Layer.provide(PgClient.layer({ url: options.url, maxConnections: options.maxConnections }))
  )

/** Workers that start together would make the same tables, and PostgreSQL fails one of two that do so at once. */
const oneAtATime = <A, E, R>(layer: Layer.Layer<A, E, R>): Layer.Layer<A, E | SqlError, R | SqlClient.SqlClient> =>
  Layer.scopedContext(
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const scope = yield* Effect.scope
      return yield* Effect.scoped(
        Effect.gen(function* () {
          const connection = yield* sql.reserve
          const lock = (does: "lock" | "unlock") => connection.executeRaw(`SELECT pg_advisory_${does}(${lockKey})`, [])
          return yield* Effect.acquireUseRelease(
            lock("lock"),
            () => Layer.buildWithScope(layer, scope),
            () => Effect.ignore(lock("unlock"))
          )
        })
      )
    })
  )

/**
 * The engine of one worker and its database. Workers speak with each other over sockets, without encryption or a password: keep their ports within a
 * network of your own.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<WorkflowEngine | SqlClient.SqlClient, SqlError | ConfigError.ConfigError | SocketServerError> => {
  const runnerAddress = Option.some(RunnerAddress.make(options.host ?? "127.0.0.1", options.port))
  const shardingConfig = {
    runnerAddress,
    ...settings,
    entityMessagePollInterval: "2 seconds",
    ...options.shardingConfig
  } as const
  return ClusterWorkflowEngine.layer.pipe(
    Layer.provide(NodeClusterSocket.layer({ storage: "byo", shardingConfig })),
    Layer.provide(oneAtATime(Layer.merge(Messages.layer, SqlRunnerStorage.layer))),
    Layer.provide(ShardingConfig.layerFromEnv(shardingConfig)),
    Layer.provideMerge(
      layerClient({ ...options, maxConnections: Math.max(fewestConnections, options.maxConnections ?? 10) })
    )
  )
}
