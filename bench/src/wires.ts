// What `wire: "events"` costs beside JSON, for the same pictures, without and with previews that nobody wants. Both take turns, and what
// counts is the ratio within each turn. `npm run bench:wires -- ROUNDS`
import type { Measurement } from "./measure.js"
import { startRunner } from "./run.js"
import { median, spread, table } from "./statistics.js"
import { wires } from "./works.js"

const rounds = Number(process.argv[2] ?? 5)
const runner = await startRunner()

const rows: Array<ReadonlyArray<string>> = []
for (const work of wires) {
  const results = await runner.measureAll(work, rounds)
  const [json = [], events = []] = work.names.map((name) => results.get(name))
  const of = (all: ReadonlyArray<Measurement>, measure: keyof Measurement) => all.map((one) => one[measure])
  const ratios = (measure: keyof Measurement) =>
    of(events, measure).map((value, round) => value / (of(json, measure)[round] ?? Number.NaN))
  const middle = (all: ReadonlyArray<Measurement>, measure: keyof Measurement) => {
    const value = median(of(all, measure))
    return value.toFixed(value < 10 ? 2 : 0)
  }
  rows.push([
    work.title,
    middle(json, "milliseconds"),
    middle(events, "milliseconds"),
    spread(ratios("milliseconds")),
    spread(ratios("cpuMilliseconds")),
    middle(json, "megabytes"),
    middle(events, "megabytes")
  ])
}
runner.stop()

const head = ["generate", "ms by JSON", "ms by events", "time", "processor", "MB by JSON", "MB by events"]
console.log(table([head, ...rows]))
