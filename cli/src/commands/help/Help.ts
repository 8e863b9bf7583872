/** `openrouter-images help`: a command, or what all commands have in common. */
import * as Args from "@effect/cli/Args"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Help from "../../effectCli/Help.js"
import { sentence } from "../../failure/DidYouMean.js"
import { UsageError } from "../../failure/Failure.js"
import { width } from "../../output/Listing.js"
import type { Screen } from "../../terminal/Screen.js"
import * as Command from "../Command.js"
import { topics } from "./Topics.js"

const config = {
  topic: Args.text({ name: "topic" }).pipe(
    Args.withDescription(`A command, or one of ${topics.map(({ name }) => name).join(", ")}`),
    Args.repeated
  )
}

/** Prints the help of a command, or of the program itself. */
export const print = (command: Command.Command, program: Command.Command): Effect.Effect<void, never, Screen> =>
  Effect.flatMap(width, (width) => Console.log(Help.format(command, program, width)))

/** Prints what is asked for. */
const explain = (words: ReadonlyArray<string>, program: Command.Command): Effect.Effect<void, UsageError, Screen> =>
  Effect.gen(function* () {
    const name = words.join(" ").toLowerCase()
    const commands = program.commands.flatMap((command) => [command, ...command.commands])
    const command = name === "" ? program : commands.find((one) => one.name === name)
    if (command !== undefined) return yield* print(command, program)
    const topic = topics.find((one) => one.name === name)
    if (topic !== undefined) {
      return yield* Console.log(Help.section(topic.title, topic.rowsOf(program.commands), yield* width))
    }
    const known = [...commands, ...topics].map((one) => one.name)
    return yield* new UsageError({
      problem: sentence(`There is no help about ${name}`, name, known),
      advice: "See openrouter-images help."
    })
  })

/** `program` is asked for only when the command runs: it has this command among its own. */
export const make = (program: () => Command.Command): Command.Command =>
  Command.make({
    name: "help",
    summary: "Explain a command, the environment, the exit codes or the output",
    usage: "[topic]",
    stdout: "the text on stdout",
    examples: ["openrouter-images help generate", "openrouter-images help exit-codes"],
    config,
    run: ({ topic }) => Effect.suspend(() => explain(topic, program()))
  })
