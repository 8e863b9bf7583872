/**
 * Repairs @effect/cli 3, and goes away with Effect 4's cli: what `--help` prints. The options come from the parser, a
 * line each; it has nothing for examples, and lists the commands first.
 */
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as HelpDoc from "@effect/cli/HelpDoc"
import { lines } from "../output/Table.js"
import * as Color from "../terminal/Color.js"

/** A command, or the program itself. */
export interface Topic {
  readonly name: string
  readonly summary: string
  /** What follows the program's name. */
  readonly usage: string
  /** Lines to type as they are. */
  readonly examples: ReadonlyArray<string>
  readonly config: Command.Command.Config
  /** The commands below it. */
  readonly commands: ReadonlyArray<Topic>
}

const textOf = (doc: HelpDoc.HelpDoc): string => Color.strip(HelpDoc.toAnsiText(doc))

/** @effect/cli says of every option that it is a text and optional; what is worth saying is in the descriptions. */
const obvious =
  /^(A user-defined piece of text|A true or false value|This setting is optional|This option may be repeated)/

/** `-h, --help`, without brackets; the values of a choice are in its description. */
const nameOf = (doc: HelpDoc.HelpDoc): string =>
  textOf(doc)
    .trim()
    .replace(/^\((.*)\)$/, "$1")
    .replace(/\w+( \| \w+)+$/, "NAME")

/** The description, with the values of a choice at its end. */
const describe = (doc: HelpDoc.HelpDoc): string => {
  const text = textOf(doc)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !obvious.test(line))
  const choices = text.flatMap((line) => /^One of the following: (.*)$/.exec(line)?.[1] ?? [])
  const others = text.filter((line) => !line.startsWith("One of the following: "))
  return [others.join(" ").replace(/\.$/, ""), ...choices].join(": ")
}

const rowsOf = (doc: HelpDoc.HelpDoc): ReadonlyArray<readonly [name: string, text: string]> => {
  if (HelpDoc.isSequence(doc)) return [...rowsOf(doc.left), ...rowsOf(doc.right)]
  if (!HelpDoc.isDescriptionList(doc)) return []
  return doc.definitions.map(([name, text]) => [nameOf(HelpDoc.p(name)), describe(text)])
}

type Rows = ReadonlyArray<readonly [name: string, text: string]>

/** The options that every command has, which the help of the program shows. */
const builtIn = /^(--completions|--log-level|-h|--wizard|--version)\b/

/** The parser does not know these: they are read before it. */
const ours: Rows = [
  ["--version --verbose", "Show the versions, and the proxy and certificates in use"],
  ["--color WHEN", "Whether to use colours: auto, always, never. Default: auto"]
]

const allOptionsOf = ({ config, name }: Pick<Topic, "config" | "name">): Rows =>
  rowsOf(Command.getHelp(Command.make(name, config), CliConfig.defaultConfig))

/** The arguments and options that a command has itself. */
export const ownOptionsOf = (topic: Pick<Topic, "config" | "name">): Rows =>
  allOptionsOf(topic).filter(([option]) => !builtIn.test(option))

/** The arguments and options of a command. */
const optionsOf = (topic: Topic, program: Topic): Rows =>
  topic.commands === program.commands ? [...allOptionsOf(topic), ...ours] : ownOptionsOf(topic)

/** A title, and rows below it. */
export const section = (title: string, rows: Rows, width: number | undefined): string =>
  `${Color.head(title)}\n\n${lines(rows, width)}`

/** Where there is more to read. */
const more = ({ commands, name }: Topic, program: Topic): Rows => {
  const before = name === program.name ? "" : `${name} `
  return [
    ...(commands.length === 0 ? [] : [[`${program.name} help ${before}COMMAND`, "the options of a command"] as const]),
    [`${program.name} help environment`, "the variables that are read"],
    [`${program.name} help exit-codes`, "what each exit code means"],
    [`${program.name} help output`, "what goes to stdout"]
  ]
}

/** The help of a command as text. What stays visible of a long one is its end: the commands. */
export const format = (topic: Topic, program: Topic, width: number | undefined): string => {
  const commands = topic.commands.map(({ summary, usage }) => [usage, summary] as const)
  const options = optionsOf(topic, program)
  return [
    topic.summary,
    `${Color.head("USAGE")}\n\n${program.name} ${topic.usage}`,
    ...(options.length === 0 ? [] : [section("ARGUMENTS AND OPTIONS", options, width)]),
    `${Color.head("EXAMPLES")}\n\n${topic.examples.join("\n")}`,
    section("MORE", more(topic, program), width),
    ...(commands.length === 0 ? [] : [section("COMMANDS", commands, width)])
  ].join("\n\n")
}
