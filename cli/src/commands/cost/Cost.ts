/** `openrouter-images cost`: what generations cost, asked afterwards. */

import * as Args from "@effect/cli/Args"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { Client, Errors, Generations } from "effect-openrouter-images"
import * as Connection from "../../Connection.js"
import type { FileError, NoRecordError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import { listing, width } from "../../output/Listing.js"
import * as Print from "../../output/Print.js"
import { lines } from "../../output/Table.js"
import type { Screen } from "../../terminal/Screen.js"
import * as Command from "../Command.js"
import * as Asking from "./Asking.js"
import * as Report from "./Report.js"
import * as Target from "./Target.js"

const config = {
  generations: Args.text({ name: "GENERATION_ID|FILE" }).pipe(
    Args.withDescription("The id of a generation, or a picture that was saved with its provenance; several give a sum"),
    Args.atLeast(1),
    Args.map((all): ReadonlyArray<string> => all)
  ),
  wait: Flag.toggle("wait", "Ask until there is a record, for up to 13 minutes: records appear minutes later"),
  json: Flag.toggle("json", "One JSON document on stdout; the cost of what has no record is left out"),
  emulator: Flag.emulator
}

/** The options as they were given. */
export type CostOptions = Command.Options<typeof config>

/** Prints what is known. */
const report = (answers: ReadonlyArray<Report.Answer>, named: number, json: boolean) =>
  Effect.gen(function* () {
    if (answers.length === 0) return
    if (json) return yield* Print.json(Report.document(answers, named))
    const [first] = answers
    if (named > 1 || first === undefined) {
      const table = yield* listing(Report.columns(answers), answers)
      return yield* Console.log(`${table}\n\n${lines([["sum", Report.sum(answers, named)]], yield* width)}`)
    }
    if (first.settlement._tag !== "NoRecord") yield* Print.rows(Report.rows(first))
  })

/** Says what the generations cost. What is known by then is printed however the questions end. */
export const cost = ({
  generations,
  json,
  wait
}: CostOptions): Effect.Effect<
  void,
  Errors.GetGenerationError | FileError | NoRecordError,
  Client.OpenRouterClient | Connection.Connection | Screen | FileSystem.FileSystem
> =>
  Effect.gen(function* () {
    const { emulated } = yield* Connection.Connection
    const targets = yield* Target.readAll(generations)
    const settled = yield* Ref.make<ReadonlyMap<string, Generations.Settlement>>(new Map())
    const answers = Effect.map(Ref.get(settled), (found) =>
      targets.flatMap((target): ReadonlyArray<Report.Answer> => {
        const settlement = found.get(target.generationId)
        return settlement === undefined ? [] : [{ ...target, settlement }]
      })
    )
    yield* Asking.settleAll(
      targets.map(({ generationId }) => generationId),
      { wait: wait && !emulated },
      (generationId, settlement) => Ref.update(settled, (before) => new Map(before).set(generationId, settlement))
    ).pipe(
      Effect.onInterrupt(() => Console.error("cancelled: nothing is lost, ask again at any time")),
      Effect.ensuring(Effect.flatMap(answers, (known) => report(known, targets.length, json)))
    )
    const now = yield* Clock.currentTimeMillis
    const failure = Report.failureOf(yield* answers, now, { emulated, waited: wait })
    if (Option.isSome(failure)) return yield* failure.value
  })

export const command = Command.make({
  name: "cost",
  summary: "Say what a generation cost, also when its answer was lost",
  usage: "[options] <GENERATION_ID|FILE>...",
  stdout: "the answer on stdout",
  examples: [
    "openrouter-images cost gen-img-1790983552-TOdyb7qrp6185EBMwzAV --wait",
    "openrouter-images cost pictures/*.png --json | jq .costUsd"
  ],
  config,
  run: (options) => Effect.provide(cost(options), Connection.layer(options.emulator, "records"))
})
