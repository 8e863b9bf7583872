/** What `help` says beside the commands. */
import * as ExitCode from "../../failure/ExitCode.js"
import type { Command } from "../Command.js"

type Rows = ReadonlyArray<readonly [name: string, text: string]>

/** What is said about something, in rows; what the commands themselves say comes from `commands`. */
export interface Topic {
  readonly name: string
  readonly title: string
  readonly rowsOf: (commands: ReadonlyArray<Command>) => Rows
}

const environment: Rows = [
  ["OPENROUTER_API_KEY", "your key; without it the embedded emulator answers in a terminal, and bills nothing"],
  ["OPENROUTER_BASE_URL", "the address of the API, if it is not https://openrouter.ai/api/v1; needs a key"],
  ["OPENROUTER_HTTP_REFERER", "the address of your app, for OpenRouter's rankings"],
  ["OPENROUTER_APP_TITLE", "its name"],
  ["OPENROUTER_APP_CATEGORIES", "its categories"],
  ["OPENROUTER_IMAGES_DATABASE", "the database of the jobs: an SQLite file, or postgres://…"],
  ["OPENROUTER_IMAGES_STORE", "where the workers keep their pictures: a folder, or s3://BUCKET/PREFIX"],
  ["OPENROUTER_IMAGES_VIEW_TOKEN", "the secret for the web view of a worker"],
  ["OPENROUTER_IMAGES_CALLBACK_SECRET", "what signs the messages of --callback"],
  ["OPENROUTER_IMAGES_MCP_TOKEN", "the token that clients of `mcp --http` have to send"],
  ["AWS_ENDPOINT_URL_S3", "the server of a bucket that is not Amazon's, such as http://127.0.0.1:9000"],
  ["AWS_REGION", "the region of a bucket"],
  [
    "AWS_ACCESS_KEY_ID, …",
    "the credentials of a bucket, as Amazon's client finds them: AWS_SECRET_ACCESS_KEY, AWS_PROFILE"
  ],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "where spans and metrics go, such as http://127.0.0.1:4318"],
  ["HTTPS_PROXY, HTTP_PROXY", "the proxy, such as http://127.0.0.1:3128; also in lower case"],
  ["NO_PROXY", "hosts that are reached without the proxy, with commas between them; * for all"],
  ["NODE_EXTRA_CA_CERTS", "a PEM file of certificates to trust beside Node's own"],
  ["NO_COLOR", "no colours, if it is not empty"],
  ["FORCE_COLOR", "colours also in a pipe, unless it is 0 or NO_COLOR is set"]
]

const json = "one JSON document on stdout instead; failures go to stderr as always"

/** What each command writes to stdout; those that write the same share a row. */
const outputOf = (commands: ReadonlyArray<Command>): Rows => {
  const texts = new Set(commands.flatMap(({ stdout }) => stdout ?? []))
  const rows = Array.from(texts, (text) => {
    const names = commands.filter(({ stdout }) => stdout === text).map(({ name }) => name)
    return [names.join(", "), text] as const
  })
  return [...rows, ["--json", json]]
}

export const topics: ReadonlyArray<Topic> = [
  { name: "environment", title: "ENVIRONMENT", rowsOf: () => environment },
  {
    name: "exit-codes",
    title: "EXIT CODES",
    rowsOf: () => ExitCode.table.map(([code, meaning]) => [String(code), meaning])
  },
  { name: "output", title: "OUTPUT", rowsOf: outputOf }
]
