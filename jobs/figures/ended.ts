/** A database with many items that ended long ago, and what they cost those who come after them. */
import { spawn } from "node:child_process"
import * as SqlClient from "@effect/sql/SqlClient"
import { Effect } from "effect"
import type { ImageStore } from "effect-openrouter-images-jobs"
import { endedChildrenCpuMillis } from "./proc.js"

const requestOf = (prompt: string): string =>
  JSON.stringify({ model: "bytedance-seed/seedream-5-lite", prompt, size: "64x64" })

const outcomeOf = (picture: ImageStore.StoredImage): string =>
  JSON.stringify({
    _tag: "Made",
    generation: { pictures: [picture], costUsd: 0.04, generationId: "gen-1", created: 1 }
  })

/** A job that has ended. */
const addJob = (job: string, items: number) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      INSERT INTO images_jobs (job, created_at, whole, cancelled, spent_usd, reserved_usd, ended_at)
      VALUES (${job}, 1, 1, 0, ${items * 0.04}, 0, 1)`
  )

/** Adds a job whose items have these pictures. */
export const addMade = (job: string, pictures: ReadonlyArray<ImageStore.StoredImage>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* addJob(job, pictures.length)
    yield* sql.withTransaction(
      Effect.forEach(
        pictures,
        (picture, position) => sql`
          INSERT INTO images_items ${sql.insert({
            ...{ id: `${job}/${position}`, job, position, turn: 0, round: 0, state: "done", claims: 1 },
            ...{ request: requestOf(`picture ${position + 1}`), outcome: outcomeOf(picture), billing: "billed" },
            ...{ pictures: 1, cost_usd: 0.04, finished_at: 1, swept: 1 }
          })}`,
        { discard: true }
      )
    )
  })

/** Adds so many ended items, with their attempts, to jobs of a hundred thousand each. */
export const addEnded = (count: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const size = 100_000
    const sha256 = "a".repeat(64)
    const outcome = outcomeOf({ reference: `ab/${sha256}.png`, sha256, mediaType: "image/png", byteLength: 9 })
    const request = requestOf("an old picture")
    for (let part = 0; part * size < count; part++) {
      const job = `ended-${part}`
      const rows = Math.min(size, count - part * size)
      const numbers = sql.onDialectOrElse({
        pg: () => sql`generate_series(1, ${sql.literal(String(rows))}) AS n`,
        orElse: () => sql`(
          WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows}) SELECT n FROM numbers
        ) AS numbers`
      })
      yield* addJob(job, rows)
      yield* sql`
        INSERT INTO images_items (
          id, job, position, turn, round, request, state, claims, outcome, billing, pictures, cost_usd, finished_at, swept
        ) SELECT ${`${job}/`} || n, ${job}, n, 0, 0, ${request}, 'done', 1, ${outcome}, 'billed', 1, 0.04, 1, 1 FROM ${numbers}`
      yield* sql`
        INSERT INTO images_attempts (
          item, round, attempt, token, begun_at, beats, reserved_usd, ended_at, succeeded, outcome
        ) SELECT ${`${job}/`} || n, 0, 1, '', 1, 0, 0, 2, 1, ${outcome} FROM ${numbers}`
    }
    yield* sql`ANALYZE`
  })

/** Seconds of CPU that a command of the built program takes, its start included. */
export const cpuOf = (args: ReadonlyArray<string>, database: string): Effect.Effect<number> =>
  Effect.async((resume) => {
    const before = endedChildrenCpuMillis()
    const child = spawn(process.execPath, ["cli/bin/openrouter-images.js", ...args], {
      env: { ...process.env, OPENROUTER_IMAGES_DATABASE: database },
      stdio: "ignore"
    })
    child.on("close", () => resume(Effect.succeed((endedChildrenCpuMillis() - before) / 1_000)))
  })
