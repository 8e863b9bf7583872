/**
 * The engine's storage of messages, for a database that may be away.
 *
 * The engine gives up on a reply that the database does not take within a second, and the workflow that waits for it
 * then waits for ever. Here it is tried until the database is back.
 *
 * A message that was read and then left, because its shard or its entity was just closing, the engine reads again after
 * ten minutes. Here it is read again after one.
 */
import type { MalformedMessage, PersistenceError } from "@effect/cluster/ClusterError"
import { type Incoming, IncomingRequest } from "@effect/cluster/Message"
import { MessageStorage } from "@effect/cluster/MessageStorage"
import type { ShardId } from "@effect/cluster/ShardId"
import type { ShardingConfig } from "@effect/cluster/ShardingConfig"
import type { Snowflake } from "@effect/cluster/Snowflake"
import * as SqlMessageStorage from "@effect/cluster/SqlMessageStorage"
import type * as Rpc from "@effect/rpc/Rpc"
import type * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { reconnectSchedule } from "../database/retry.js"
import { indexMessages } from "./forget.js"

type Storage = MessageStorage["Type"]
type Unreliable = PersistenceError | MalformedMessage

const isDatabaseFailure = (error: Unreliable): boolean => error._tag === "PersistenceError"

const retryFailures = <A, E extends Unreliable, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.retry(effect, { schedule: reconnectSchedule, while: isDatabaseFailure })

/** A reply that was written although nobody heard so would stand in its own way: it is cleared before the next try. */
const retryReply =
  (storage: Storage) =>
  <R>(id: Snowflake, write: Effect.Effect<void, Unreliable, R>): Effect.Effect<void, Unreliable, R> =>
    Effect.catchTag(write, "PersistenceError", () => retryFailures(Effect.zipRight(storage.clearReplies(id), write)))

const withRetries = (storage: Storage): Storage => {
  const writeReply = retryReply(storage)
  const retryReplies = (messages: ReadonlyArray<Incoming<Rpc.Any>>): Array<Incoming<Rpc.Any>> =>
    messages.map((message) =>
      message._tag === "IncomingRequest"
        ? new IncomingRequest({
            ...message,
            respond: (reply) => writeReply(reply.reply.requestId, message.respond(reply))
          })
        : message
    )
  return {
    ...storage,
    saveRequest: (message) => retryFailures(storage.saveRequest(message)),
    saveEnvelope: (message) => retryFailures(storage.saveEnvelope(message)),
    saveReply: (reply) => writeReply(reply.reply.requestId, storage.saveReply(reply)),
    clearReplies: (id) => retryFailures(storage.clearReplies(id)),
    repliesFor: (requests) => retryFailures(storage.repliesFor(requests)),
    repliesForUnfiltered: (ids) => retryFailures(storage.repliesForUnfiltered(ids)),
    requestIdForPrimaryKey: (key) => retryFailures(storage.requestIdForPrimaryKey(key)),
    unprocessedMessages: (shards) => Effect.map(storage.unprocessedMessages(shards), retryReplies),
    unprocessedMessagesById: (ids) => Effect.map(storage.unprocessedMessagesById(ids), retryReplies)
  }
}

/** Reads unprocessed messages again every minute. A worker skips those that it is busy with. */
const withRedelivery = (storage: Storage): Effect.Effect<Storage, never, Scope.Scope> =>
  Effect.gen(function* () {
    let ownShards: ReadonlyArray<ShardId> = []
    const redeliver = Effect.suspend(() => (ownShards.length === 0 ? Effect.void : storage.resetShards(ownShards)))
    yield* Effect.forkScoped(Effect.repeat(Effect.ignore(Effect.delay(redeliver, "1 minute")), Schedule.forever))
    return {
      ...storage,
      unprocessedMessages: (shards) =>
        Effect.suspend(() => {
          ownShards = Array.from(shards)
          return storage.unprocessedMessages(ownShards)
        })
    }
  })

export const layer: Layer.Layer<MessageStorage, never, SqlClient.SqlClient | ShardingConfig> = Layer.scoped(
  MessageStorage,
  Effect.zipRight(
    Effect.orDie(indexMessages),
    Effect.flatMap(MessageStorage, (storage) => withRedelivery(withRetries(storage)))
  )
).pipe(Layer.provide(SqlMessageStorage.layer))
