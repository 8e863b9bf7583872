/** The tests of some sections of the table, a test for each fault and call; it prints how many cells there were. */
import type { HttpClient } from "@effect/platform"
import { afterAll, describe, expect, layer } from "@effect/vitest"
import { Array as Arr, Effect, type Layer } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import {
  applicable,
  brokenPromises,
  type Cell,
  cellsOf,
  environment,
  foretell,
  observe,
  type Sight
} from "./harness.js"
import type { CallName } from "./oracle.js"
import type { Row } from "./table.js"

/** A row whose cells mostly wait: for a timeout, or for a name server that now and then takes seconds. */
const waits = ({ fault, timeout }: Row): boolean => timeout !== undefined || fault._tag === "NoSuchHost"

/** Cells that go on at once: not so many that work looks like silence. */
const concurrencyOf = (row: Row): number => {
  if (row.breaksLater) return 1
  return waits(row) ? 24 : 8
}

let cells = 0
let requests = 0
let named = 0

/** Of each way to ask for the answer of `generate`: how many cells ended unknown, and how many of those errors named their generation. */
const asked = { generate: { unknown: 0, named: 0 }, "generate by events": { unknown: 0, named: 0 } }

const countUnknown = ({ call }: Cell, { failure }: Sight): void => {
  if (failure?.billing !== "unknown" || (call !== "generate" && call !== "generate by events")) return
  asked[call].unknown += 1
  if (failure.hasId) asked[call].named += 1
}

const different = (cell: Cell, seen: unknown, foretold: unknown, promises: ReadonlyArray<string>) =>
  promises.length === 0 && JSON.stringify(seen) === JSON.stringify(foretold)
    ? []
    : [{ cell: `${cell.policy}, ${cell.timed ? "with" : "without"} a timeout`, seen, foretold, promises }]

/** Keys in one order, so that JSON can be compared. */
const sorted = (value: object): object =>
  Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([k, v]) => [k, typeof v === "object" && v !== null ? sorted(v) : v])
  )

/** Runs every policy of a fault and a call, and nothing else is in the emulator's books than what they did. */
const check = (all: ReadonlyArray<Omit<Cell, "id">>) =>
  Effect.gen(function* () {
    const emulator = yield* Emulator.Emulator
    yield* emulator.reset
    const seen = yield* Effect.forEach(
      all.map((cell): Cell => ({ ...cell, id: `cell ${named++}` })),
      (cell) => Effect.map(observe(cell), (sight) => ({ cell, sight, promises: brokenPromises(cell, sight) })),
      { concurrency: Math.min(...all.map(({ row }) => concurrencyOf(row))) }
    )
    expect(
      seen.flatMap(({ cell, promises, sight }) => different(cell, sorted(sight), sorted(foretell(cell)), promises))
    ).toEqual([])
    expect(yield* emulator.requests).toHaveLength(seen.reduce((sum, { sight }) => sum + sight.requests, 0))
    expect(yield* emulator.ledger).toHaveLength(seen.reduce((sum, { sight }) => sum + sight.billed, 0))
    for (const { cell, sight } of seen) countUnknown(cell, sight)
    cells += seen.length
    requests += seen.reduce((sum, { sight }) => sum + sight.attempts, 0)
  })

/** Rows of one `what`, in the order of the table. */
const grouped = (rows: ReadonlyArray<Row>): ReadonlyArray<readonly [what: string, rows: ReadonlyArray<Row>]> =>
  Object.entries(Arr.groupBy(rows, ({ what }) => what))

/** A test for each call; one for all of them where there is much to wait for. */
const callsOf = (alike: ReadonlyArray<Row>): ReadonlyArray<ReadonlyArray<CallName>> => {
  const all = [...new Set(alike.flatMap(applicable))]
  return alike.some(waits) ? [all] : all.map((call) => [call])
}

export const matrix = (
  title: string,
  rows: ReadonlyArray<Row>,
  client: Layer.Layer<HttpClient.HttpClient>,
  chosen: (cell: Omit<Cell, "id">) => boolean = () => true
): void => {
  describe(title, () => {
    layer(environment(client), { excludeTestServices: true })((it) => {
      for (const [what, alike] of grouped(rows)) {
        for (const some of callsOf(alike)) {
          it.effect(
            `${what}: ${some.join(", ")} ends as foretold, costs what it says, and is sent no more than allowed`,
            () => check(some.flatMap((call) => alike.flatMap((row) => cellsOf(row, call))).filter(chosen))
          )
        }
      }
    })
    afterAll(() => {
      console.log(`${title}: ${cells} cells, ${requests} attempts`)
      for (const [call, { named, unknown }] of Object.entries(asked)) {
        console.log(`${call}: ${unknown} ended unknown, ${named} with an id`)
      }
    })
  })
}
