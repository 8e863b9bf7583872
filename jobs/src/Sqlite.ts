/**
 * Jobs in one process over a file of SQLite, which survives restarts.
 *
 * @since 0.1.0
 */
import { realpathSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import * as ClusterWorkflowEngine from "@effect/cluster/ClusterWorkflowEngine"
import * as RunnerHealth from "@effect/cluster/RunnerHealth"
import * as RunnerStorage from "@effect/cluster/RunnerStorage"
import * as Runners from "@effect/cluster/Runners"
import * as Sharding from "@effect/cluster/Sharding"
import * as ShardingConfig from "@effect/cluster/ShardingConfig"
import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import type { WorkflowEngine } from "@effect/workflow/WorkflowEngine"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import * as MessageStorage from "./internal/engine/messageStorage.js"
import { sharedSettings } from "./internal/engine/shardingConfig.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The file of the database. It is created where it is missing. */
  readonly filename: string
}

/** Each commit waits for the disk. With SQLite's default a power cut could take back the record of a paid call. */
const durableClient = (options: Options) =>
  Layer.effectDiscard(
    Effect.flatMap(SqlClient.SqlClient, (sql) =>
      Effect.zipRight(sql`PRAGMA synchronous = FULL`, sql`PRAGMA busy_timeout = 10000`)
    )
  ).pipe(Layer.provideMerge(SqliteClient.layer(options)), Layer.orDie)

/**
 * The database alone, for a program that submits jobs or watches them while another process carries them out.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerClient = (options: Options): Layer.Layer<SqlClient.SqlClient> => durableClient(options)

/** The same path for the same file, whatever name it is called by. */
const realPath = (filename: string): Effect.Effect<string> =>
  Effect.try(() => realpathSync(filename)).pipe(
    Effect.orElse(() => Effect.try(() => join(realpathSync(dirname(filename)), basename(filename)))),
    Effect.orElseSucceed(() => filename)
  )

const isBusy = ({ cause }: SqlError): boolean => Predicate.hasProperty(cause, "code") && cause.code === "SQLITE_BUSY"

/**
 * Waits until no other process works on the file. The lock is that of an empty database beside it: the system takes it
 * back when the process ends, however it ends.
 */
const exclusiveLock = ({ filename }: Options): Layer.Layer<never> =>
  filename === ":memory:"
    ? Layer.empty
    : Layer.scopedDiscard(
        Effect.gen(function* () {
          const sql = yield* SqliteClient.make({ filename: `${yield* realPath(filename)}-worker`, disableWAL: true })
          yield* sql`PRAGMA busy_timeout = 0`
          const lock = Effect.asVoid(sql`BEGIN EXCLUSIVE`)
          yield* Effect.catchIf(lock, isBusy, () =>
            Effect.zipRight(
              Effect.logWarning(`Another process works on ${filename}; this one waits for its end`),
              Effect.retry(lock, { schedule: Schedule.spaced("200 millis"), while: isBusy })
            )
          )
        })
      ).pipe(Layer.provide(Reactivity.layer), Layer.orDie)

/** Messages are looked for every second, which costs a local file little. */
const sharding = ShardingConfig.layer({ ...sharedSettings, entityMessagePollInterval: "1 second" })

/**
 * The engine and its database. One process at a time works on a file; another one waits for its end. For several
 * machines there is `Postgres`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<WorkflowEngine | SqlClient.SqlClient> =>
  ClusterWorkflowEngine.layer.pipe(
    Layer.provide(Sharding.layer),
    Layer.provide(Runners.layerNoop),
    Layer.provideMerge(MessageStorage.layer),
    // There is no other runner, so a restart has all shards at once.
    Layer.provide([RunnerStorage.layerMemory, RunnerHealth.layerNoop, sharding]),
    Layer.provideMerge(durableClient(options)),
    Layer.provide(exclusiveLock(options)),
    Layer.orDie
  )
