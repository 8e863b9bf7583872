/**
 * Jobs on many machines: the workers share a PostgreSQL database, version 14 or later, and one that dies leaves its work
 * to the others.
 *
 * @since 0.1.0
 */
import { Socket } from "node:net"
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
import * as Redacted from "effect/Redacted"
import { sessionSettings, withSettings } from "./internal/database/session.js"
import * as MessageStorage from "./internal/engine/messageStorage.js"
import { sharedSettings } from "./internal/engine/shardingConfig.js"

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
  /** The host at which the other workers reach this one. Default: `127.0.0.1`. */
  readonly host?: string | undefined
  /** The port at that host. Each worker of a machine needs its own. */
  readonly port: number
  /** More settings of @effect/cluster. They win over those of this module. */
  readonly shardingConfig?: Partial<ShardingConfig.ShardingConfig["Type"]> | undefined
}

/** An arbitrary number that no other program uses for a lock in this database. */
const lockKey = 7_203_114_906

/** An engine that starts needs connections for the lock of the start, the locks of its shards, and its queries. */
const minConnections = 4

/**
 * When the connection is lost within a transaction, COMMIT or ROLLBACK fails too, and @effect/sql makes a defect of
 * that. Here it is a failure like any other, which the engine and the jobs try again.
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

/** A connection that the other side no longer answers ends, also while nothing is sent on it. */
const keptAlive = () => new Socket().setKeepAlive(true, 10_000)

/**
 * The database alone, for a program that submits jobs or watches them while workers elsewhere carry them out.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerClient = (
  options: DatabaseOptions
): Layer.Layer<SqlClient.SqlClient, SqlError | ConfigError.ConfigError> =>
  Layer.effect(SqlClient.SqlClient, Effect.map(SqlClient.SqlClient, withoutDefects)).pipe(
    Layer.provide(
      PgClient.layer({
        url: Redacted.make(withSettings(Redacted.value(options.url), sessionSettings)),
        maxConnections: options.maxConnections,
        stream: keptAlive
      })
    )
  )

/** Builds a layer under a lock: of two workers that create the same tables at once PostgreSQL fails one. */
const buildUnderLock = <A, E, R>(layer: Layer.Layer<A, E, R>): Layer.Layer<A, E | SqlError, R | SqlClient.SqlClient> =>
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
 * The engine of one worker, and its database. Workers speak with each other over sockets, without encryption or a
 * password: keep their ports within your own network.
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
    ...sharedSettings,
    entityMessagePollInterval: "2 seconds",
    // A runner renews its entry three times in this time. Without it the others take its shards.
    shardLockExpiration: "15 seconds",
    ...options.shardingConfig
  } as const
  return ClusterWorkflowEngine.layer.pipe(
    Layer.provide(NodeClusterSocket.layer({ storage: "byo", shardingConfig })),
    Layer.provide(buildUnderLock(Layer.merge(MessageStorage.layer, SqlRunnerStorage.layer))),
    Layer.provide(ShardingConfig.layerFromEnv(shardingConfig)),
    Layer.provideMerge(
      layerClient({ ...options, maxConnections: Math.max(minConnections, options.maxConnections ?? 10) })
    )
  )
}
