/** What `--help` says: the options as @effect/cli knows them, a line each, and what stands below them. */
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as ExitCode from "../failure/ExitCode.js"
import { lines } from "../output/Table.js"
import { plain } from "../terminal/Screen.js"

/** A command, or the program itself. */
export interface Topic {
  readonly name: string
  readonly summary: string
  /** What follows the program's name. */
  readonly usage: string
  /** Lines to type. */
  readonly examples: ReadonlyArray<string>
  /** As @effect/cli has it. */
  readonly help: HelpDoc.HelpDoc
  /** Of a command that has commands of its own. */
  readonly topics?: ReadonlyArray<Topic>
}

/** The topic of a command, also of one below another. */
export const find = (topics: ReadonlyArray<Topic>, command: string | undefined): Topic | undefined =>
  topics.flatMap((topic) => [topic, ...(topic.topics ?? [])]).find(({ name }) => name === command)

const textOf = (doc: HelpDoc.HelpDoc): string => plain(HelpDoc.toAnsiText(doc))

/** @effect/cli says of every option that it is a text and optional; what is worth saying is in the descriptions. */
const obvious =
  /^(A user-defined piece of text|A true or false value|This setting is optional|This option may be repeated)/

/** `(-h, --help)` without the brackets; a choice is listed in its text. */
const named = (doc: HelpDoc.HelpDoc): string =>
  textOf(doc)
    .trim()
    .replace(/^\((.*)\)$/, "$1")
    .replace(/\w+( \| \w+)+$/, "NAME")

/** The description, with the values of a choice at its end. */
const described = (doc: HelpDoc.HelpDoc): string => {
  const said = textOf(doc)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !obvious.test(line))
  const choices = said.flatMap((line) => /^One of the following: (.*)$/.exec(line)?.[1] ?? [])
  const others = said.filter((line) => !line.startsWith("One of the following: "))
  return [others.join(" ").replace(/\.$/, ""), ...choices].join(": ")
}

const rowsOf = (doc: HelpDoc.HelpDoc): ReadonlyArray<readonly [name: string, text: string]> => {
  if (HelpDoc.isSequence(doc)) return [...rowsOf(doc.left), ...rowsOf(doc.right)]
  if (!HelpDoc.isDescriptionList(doc)) return []
  return doc.definitions.map(([name, text]) => [named(HelpDoc.p(name)), described(text)])
}

const section = (title: string, rows: ReadonlyArray<readonly [string, string]>, width: number | undefined) =>
  HelpDoc.blocks([HelpDoc.h1(title), HelpDoc.p(lines(rows, width))])

const footer = (width: number | undefined): HelpDoc.HelpDoc =>
  HelpDoc.blocks([
    section(
      "OUTPUT",
      [
        [
          "generate, regenerate",
          "the paths of the pictures go to stdout, one a line; everything for people goes to stderr"
        ],
        ["batch", "the same paths as they come; results.jsonl in its folder has a line for each request"],
        ["gallery", "the path of the page on stdout"],
        ["quote, check", "the answer on stdout"],
        ["job", "tables and lines of progress on stdout; of `job results` the paths, and results.jsonl in its folder"],
        ["models, endpoints", "a table on stdout, wrapped to the width of a terminal; in a pipe a line for each row"],
        ["--json", "one JSON document on stdout in place of it; failures are said on stderr as ever"]
      ],
      width
    ),
    section(
      "ENVIRONMENT",
      [
        ["OPENROUTER_API_KEY", "the key; without it an embedded emulator answers and nothing is billed"],
        ["OPENROUTER_BASE_URL", "another address than https://openrouter.ai/api/v1 (with a key)"],
        ["OPENROUTER_HTTP_REFERER", "the address of your app, for OpenRouter's rankings"],
        ["OPENROUTER_APP_TITLE", "its name"],
        ["OPENROUTER_APP_CATEGORIES", "its categories"],
        ["OPENROUTER_IMAGES_DATABASE", "where the jobs are: a file of SQLite, or postgres://…"],
        ["OPENROUTER_IMAGES_STORE", "where the workers keep their pictures: a folder, or s3://BUCKET/PREFIX"],
        ["OPENROUTER_IMAGES_VIEW_TOKEN", "the secret that the view of a worker asks for"],
        ["AWS_ENDPOINT_URL_S3", "the server of a bucket that is not Amazon's, such as http://127.0.0.1:9000"],
        ["AWS_REGION", "the region of a bucket"],
        [
          "AWS_ACCESS_KEY_ID, …",
          "the key of a bucket, as Amazon's client finds it: AWS_SECRET_ACCESS_KEY, AWS_PROFILE"
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

/** The help of a topic as text. */
export const of = (
  { examples, help, summary, usage }: Topic,
  commands: ReadonlyArray<Topic>,
  width: number | undefined
): string =>
  HelpDoc.toAnsiText(
    HelpDoc.blocks([
      HelpDoc.p(summary),
      HelpDoc.h1("USAGE"),
      HelpDoc.p(`openrouter-images ${usage}`),
      ...(commands.length === 0
        ? []
        : [
            section(
              "COMMANDS",
              commands.map((topic) => [topic.usage, topic.summary]),
              width
            )
          ]),
      section("ARGUMENTS AND OPTIONS", rowsOf(help), width),
      footer(width),
      HelpDoc.blocks([HelpDoc.h1("EXAMPLES"), HelpDoc.p(examples.join("\n"))])
    ])
  )
