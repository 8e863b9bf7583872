/** The commands of `job`, and what is known of each beside it. */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Connection from "../../Connection.js"
import { UsageError } from "../../failure/Failure.js"
import * as Options from "./Options.js"

export const summaries = {
  submit: "Put a file of requests into a job, which outlives every process",
  worker: "Make the pictures of all jobs of a database",
  watch: "Show how far a job is, until it ends",
  list: "List the jobs",
  status: "Say how far a job is, what failed and what to do about it",
  results: "Write the pictures of a job as files with good names",
  cancel: "Send nothing more of a job",
  retry: "Take up again what failed at no cost, or was cancelled",
  decide: "Decide about a request that may have been billed"
}

/** Pictures of the emulator in a job that others pay for would be lost in it: it has to be asked for. */
const paid = (emulator: boolean) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      if (!emulator && !(yield* Connection.hasKey)) {
        return yield* new UsageError({
          problem: "A worker needs OPENROUTER_API_KEY.",
          advice: "Set it; with --emulator the embedded emulator makes the pictures, and nothing is billed."
        })
      }
      return Connection.layer(emulator, "pictures")
    })
  )

/** What a command does is loaded when it runs: the other commands do not wait for it. */
const loading =
  <O, A, E, R>(load: () => Promise<(options: O) => Effect.Effect<A, E, R>>) =>
  (options: O): Effect.Effect<A, E, R> =>
    Effect.flatMap(Effect.promise(load), (run) => run(options))

const submit = loading(async () => (await import("./Submit.js")).submit)
const worker = loading(async () => (await import("./worker/Worker.js")).worker)
const watch = loading(async () => (await import("./Watch.js")).watch)
const list = loading(async () => (await import("./List.js")).list)
const status = loading(async () => (await import("./Status.js")).status)
const results = loading(async () => (await import("./Results.js")).results)
const cancel = loading(async () => (await import("./Steer.js")).cancel)
const retry = loading(async () => (await import("./Steer.js")).retry)
const decide = loading(async () => (await import("./Steer.js")).decide)

export const commands = {
  submit: Command.make("submit", Options.submit, submit).pipe(Command.withDescription(summaries.submit)),
  worker: Command.make("worker", Options.worker, worker).pipe(
    Command.withDescription(summaries.worker),
    Command.provide(({ emulator }) => paid(emulator))
  ),
  watch: Command.make("watch", Options.watch, watch).pipe(Command.withDescription(summaries.watch)),
  list: Command.make("list", Options.list, list).pipe(Command.withDescription(summaries.list)),
  status: Command.make("status", Options.status, status).pipe(Command.withDescription(summaries.status)),
  results: Command.make("results", Options.results, results).pipe(Command.withDescription(summaries.results)),
  cancel: Command.make("cancel", Options.cancel, cancel).pipe(Command.withDescription(summaries.cancel)),
  retry: Command.make("retry", Options.retry, retry).pipe(Command.withDescription(summaries.retry)),
  decide: Command.make("decide", Options.decide, decide).pipe(Command.withDescription(summaries.decide))
}

export const usages: Readonly<Record<keyof typeof summaries, string>> = {
  submit: "[options] <FILE.jsonl>",
  worker: "[options]",
  watch: "[options] [NAME]",
  list: "[options]",
  status: "[options] <NAME>",
  results: "--out DIR [options] <NAME>",
  cancel: "[options] <NAME>",
  retry: "[options] <NAME>",
  decide: "[options] <ITEM> <retry|fail>"
}

/** What can be typed as it is. */
export const examples: Readonly<Record<keyof typeof summaries, ReadonlyArray<string>>> = {
  submit: [
    "openrouter-images job submit meadows.jsonl --limit 5",
    "openrouter-images job submit - --job catalogue --database postgres://localhost/pictures"
  ],
  worker: [
    "openrouter-images job worker --until-done --emulator",
    "openrouter-images job worker --database postgres://localhost/pictures --store /mnt/pictures --concurrency 16",
    "openrouter-images job worker --store s3://pictures/catalogue --view 8788"
  ],
  watch: ["openrouter-images job watch meadows", "openrouter-images job watch --json | jq .done"],
  list: ["openrouter-images job list"],
  status: ["openrouter-images job status meadows", "openrouter-images job status meadows --json | jq .failures"],
  results: ["openrouter-images job results meadows --out meadows"],
  cancel: ["openrouter-images job cancel meadows"],
  retry: ["openrouter-images job retry meadows", "openrouter-images job retry meadows --may-pay-twice"],
  decide: ["openrouter-images job decide meadows/8c1f0f35c1f9d0a1a5b2c3d4e5f60718-0 retry"]
}

export type Name = keyof typeof summaries
