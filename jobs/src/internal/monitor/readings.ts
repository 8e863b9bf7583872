/** What the database says about all jobs, as metrics. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type { Progress } from "../../Progress.js"
import { currentMillis } from "../database/clock.js"
import { readAllProgress } from "../job/progress.js"
import type { Family } from "./openMetrics.js"

const states = ["waiting", "running", "undecided", "unsettled", "done", "failed", "cancelled"] as const

const family = (
  name: string,
  help: string,
  samples: ReadonlyArray<{ readonly labels?: Readonly<Record<string, string>>; readonly value: number }>
): Family => ({
  name: `openrouter_jobs_${name}`,
  type: "gauge",
  help,
  samples: samples.map(({ labels = {}, value }) => ({ suffix: "", labels, value }))
})

const ofJobs = (jobs: ReadonlyArray<Progress>): ReadonlyArray<Family> => {
  const each = (of: (progress: Progress) => number | undefined) =>
    jobs.flatMap((progress) => {
      const value = of(progress)
      return value === undefined ? [] : [{ labels: { job: progress.job }, value }]
    })
  return [
    family(
      "items",
      "Items of a job by state",
      jobs.flatMap((progress) =>
        states.map((state) => ({ labels: { job: progress.job, state }, value: progress[state] }))
      )
    ),
    family(
      "pictures",
      "Pictures of a job",
      each(({ pictures }) => pictures)
    ),
    family(
      "spent_usd",
      "What a job has cost, in US dollars",
      each(({ spentUsd }) => spentUsd)
    ),
    family(
      "reserved_usd",
      "What is reserved for calls of a job, in US dollars",
      each(({ reservedUsd }) => reservedUsd)
    ),
    family(
      "limit_usd",
      "What a job may cost, in US dollars",
      each(({ limitUsd }) => limitUsd)
    ),
    family(
      "unknown",
      "Failed items of a job that may have been billed",
      each(({ unknown }) => unknown)
    ),
    family(
      "paused",
      "Whether a job is paused",
      each(({ paused }) => (paused === undefined ? 0 : 1))
    )
  ]
}

interface GateRow {
  readonly held_millis: number | null
  readonly oldest_millis: number | null
  readonly workers: number | string
}

/** The families of all jobs, of the gate, and of the workers. */
export const read: Effect.Effect<ReadonlyArray<Family>, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = yield* currentMillis
  const jobs = yield* readAllProgress
  const waiting = jobs.filter((progress) => progress.waiting > 0).map(({ job }) => job)
  const oldest =
    waiting.length === 0
      ? sql`NULL`
      : sql`(SELECT ${now} - MIN(created_at) FROM images_jobs WHERE ${sql.in("job", waiting)})`
  const [gate] = yield* sql<GateRow>`
    SELECT held_until - ${now} AS held_millis, ${oldest} AS oldest_millis,
      (SELECT COUNT(*) FROM images_workers WHERE heard_at > ${now} - 10000) AS workers
    FROM images_gate`
  return [
    ...ofJobs(jobs),
    family("gate_seconds", "For how long the API has asked everybody to wait", [
      { value: Math.max(0, gate?.held_millis ?? 0) / 1_000 }
    ]),
    family("oldest_seconds", "How long ago the oldest job was submitted whose items wait", [
      { value: Math.max(0, gate?.oldest_millis ?? 0) / 1_000 }
    ]),
    family("workers", "Workers that live", [{ value: Number(gate?.workers ?? 0) }])
  ]
})
