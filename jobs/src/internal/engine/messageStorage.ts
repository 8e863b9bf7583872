/**
 * The engine's messages, kept with patience. The engine gives up on an answer that the database does not take within a second, and the workflow that waits for it
 * then waits for ever; here it is tried until the database is back. What was read and then left, because its shard or its entity was just closing, the engine
 * reads again after ten minutes; here after one.
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
import { untilItIsBack } from "../database/tables.js"

type Storage = MessageStorage["Type"]
type Unreliable = PersistenceError | MalformedMessage

const isOfDatabase = (error: Unreliable): boolean => error._tag === "PersistenceError"

const patient = <A, E extends Unreliable, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.retry(effect, { schedule: untilItIsBack, while: isOfDatabase })

/** An answer that was written although nobody heard so stands in its own way: it is cleared before it is written again. */
const answering =
  (storage: Storage) =>
  <R>(id: Snowflake, write: Effect.Effect<void, Unreliable, R>): Effect.Effect<void, Unreliable, R> =>
    Effect.catchTag(write, "PersistenceError", () => patient(Effect.zipRight(storage.clearReplies(id), write)))

const patiently = (storage: Storage): Storage => {
  const answer = answering(storage)
  const incoming = (messages: ReadonlyArray<Incoming<Rpc.Any>>): Array<Incoming<Rpc.Any>> =>
    messages.map((message) =>
      message._tag === "IncomingRequest"
        ? new IncomingRequest({
            ...message,
            respond: (reply) => answer(reply.reply.requestId, message.respond(reply))
          })
        : message
    )
  return {
    ...storage,
    saveRequest: (message) => patient(storage.saveRequest(message)),
    saveEnvelope: (message) => patient(storage.saveEnvelope(message)),
    saveReply: (reply) => answer(reply.reply.requestId, storage.saveReply(reply)),
    clearReplies: (id) => patient(storage.clearReplies(id)),
    repliesFor: (requests) => patient(storage.repliesFor(requests)),
    repliesForUnfiltered: (ids) => patient(storage.repliesForUnfiltered(ids)),
    requestIdForPrimaryKey: (key) => patient(storage.requestIdForPrimaryKey(key)),
    unprocessedMessages: (shards) => Effect.map(storage.unprocessedMessages(shards), incoming),
    unprocessedMessagesById: (ids) => Effect.map(storage.unprocessedMessagesById(ids), incoming)
  }
}

/** What a worker is busy with it skips when it reads it again, so this wakes only what nobody is busy with. */
const redelivering = (storage: Storage): Effect.Effect<Storage, never, Scope.Scope> =>
  Effect.gen(function* () {
    let held: ReadonlyArray<ShardId> = []
    const redeliver = Effect.suspend(() => (held.length === 0 ? Effect.void : storage.resetShards(held)))
    yield* Effect.forkScoped(Effect.repeat(Effect.ignore(Effect.delay(redeliver, "1 minute")), Schedule.forever))
    return {
      ...storage,
      unprocessedMessages: (shards) =>
        Effect.suspend(() => {
          held = Array.from(shards)
          return storage.unprocessedMessages(held)
        })
    }
  })

export const layer: Layer.Layer<MessageStorage, never, SqlClient.SqlClient | ShardingConfig> = Layer.scoped(
  MessageStorage,
  Effect.flatMap(MessageStorage, (storage) => redelivering(patiently(storage)))
).pipe(Layer.provide(SqlMessageStorage.layer))
