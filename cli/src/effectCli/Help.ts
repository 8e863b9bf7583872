/**
 * Repairs @effect/cli 3, and goes away with Effect 4's cli: what `--help` prints. The options come from the parser, a
 * line each; it has nothing for exit codes, the environment and examples.
 */
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as ExitCode from "../failure/ExitCode.js"
import { lines } from "../output/Table.js"
import { stripColours } from "../output/Text.js"

/** A command, or the program itself. */
export interface Topic {
  readonly name: string
  readonly summary: string
  /** What follows the program's name. */
  readonly usage: string
  /** Lines to type as they are. */
  readonly examples: ReadonlyArray<string>
  /** What it writes to stdout. */
  readonly stdout?: string
  readonly config: Command.Command.Config
  /** The commands below it. */
  readonly commands: ReadonlyArray<Topic>
}

const textOf = (doc: HelpDoc.HelpDoc): string => stripColours(HelpDoc.toAnsiText(doc))

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

/** The arguments and options of a command. */
const optionsOf = ({ config, name }: Topic) =>
  rowsOf(Command.getHelp(Command.make(name, config), CliConfig.defaultConfig))

/** What each command writes to stdout; those that write the same share a row. */
const outputRows = (commands: ReadonlyArray<Topic>): ReadonlyArray<readonly [names: string, text: string]> => {
  const texts = new Set(commands.flatMap(({ stdout }) => stdout ?? []))
  return Array.from(texts, (text) => {
    const names = commands.filter(({ stdout }) => stdout === text).map(({ name }) => name)
    return [names.join(", "), text]
  })
}

const json = "one JSON document on stdout instead; failures go to stderr as always"

const section = (title: string, rows: ReadonlyArray<readonly [string, string]>, width: number | undefined) =>
  HelpDoc.blocks([HelpDoc.h1(title), HelpDoc.p(lines(rows, width))])

const footer = (program: Topic, width: number | undefined): HelpDoc.HelpDoc =>
  HelpDoc.blocks([
    section("OUTPUT", [...outputRows(program.commands), ["--json", json]], width),
    section(
      "ENVIRONMENT",
      [
        ["OPENROUTER_API_KEY", "your key; without it the embedded emulator answers in a terminal, and bills nothing"],
        ["OPENROUTER_BASE_URL", "the address of the API, if it is not https://openrouter.ai/api/v1; needs a key"],
        ["OPENROUTER_HTTP_REFERER", "the address of your app, for OpenRouter's rankings"],
        ["OPENROUTER_APP_TITLE", "its name"],
        ["OPENROUTER_APP_CATEGORIES", "its categories"],
        ["OPENROUTER_IMAGES_DATABASE", "the database of the jobs: an SQLite file, or postgres://…"],
        ["OPENROUTER_IMAGES_STORE", "where the workers keep their pictures: a folder, or s3://BUCKET/PREFIX"],
        ["OPENROUTER_IMAGES_VIEW_TOKEN", "the secret for the web view of a worker"],
        ["OPENROUTER_IMAGES_CALLBACK_SECRET", "what signs the messages of --callback"],
        ["AWS_ENDPOINT_URL_S3", "the server of a bucket that is not Amazon's, such as http://127.0.0.1:9000"],
        ["AWS_REGION", "the region of a bucket"],
        [
          "AWS_ACCESS_KEY_ID, …",
          "the credentials of a bucket, as Amazon's client finds them: AWS_SECRET_ACCESS_KEY, AWS_PROFILE"
        ],
        [
          "OTEL_EXPORTER_OTLP_ENDPOINT",
          "where spans and metrics go, such as http://127.0.0.1:4318; needs @effect/opentelemetry"
        ],
        ["NO_COLOR", "no colours"]
      ],
      width
    ),
    section(
      "EXIT CODES",
      ExitCode.table.map(([code, meaning]) => [String(code), meaning]),
      width
    )
  ])

/** The help of a command as text. */
export const format = (topic: Topic, program: Topic, width: number | undefined): string => {
  const commands = topic.commands.map(({ summary, usage }) => [usage, summary] as const)
  return HelpDoc.toAnsiText(
    HelpDoc.blocks([
      HelpDoc.p(topic.summary),
      HelpDoc.h1("USAGE"),
      HelpDoc.p(`${program.name} ${topic.usage}`),
      ...(commands.length === 0 ? [] : [section("COMMANDS", commands, width)]),
      section("ARGUMENTS AND OPTIONS", optionsOf(topic), width),
      footer(program, width),
      HelpDoc.blocks([HelpDoc.h1("EXAMPLES"), HelpDoc.p(topic.examples.join("\n"))])
    ])
  )
}
