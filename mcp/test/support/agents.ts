/** Agents: the official client of the protocol, connected to the built server as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js"
import { type ElicitRequest, ElicitRequestSchema, type ElicitResult } from "@modelcontextprotocol/sdk/types.js"
import { Effect, type Scope } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"

export const main = new URL("../../bin/openrouter-images-mcp.js", import.meta.url).pathname

/** The token of the servers over HTTP. */
export const token = "a-token-of-the-tests"

/** The person behind a client, who answers questions. */
export type Person = (question: ElicitRequest["params"]) => ElicitResult["action"]

export interface Agent {
  readonly client: Client
  /** Calls a tool. */
  readonly call: (name: string, args?: Record<string, unknown>, options?: CallOptions) => Effect.Effect<Answer>
  /** What the server wrote to stderr. */
  readonly said: () => string
}

export interface CallOptions {
  readonly onprogress?: (progress: { readonly progress: number; readonly message?: string | undefined }) => void
  readonly signal?: AbortSignal
}

/** What a tool answered. */
export interface Answer {
  readonly isError: boolean
  readonly text: string
  readonly images: ReadonlyArray<{ readonly mimeType: string; readonly data: string }>
  /** How large the answer is on the wire, about. */
  readonly characters: number
}

type Content = { readonly type: string; readonly text?: string; readonly data?: string; readonly mimeType?: string }

export const answerOf = (result: object): Answer => {
  const { content = [], isError = false } = result as { content?: ReadonlyArray<Content>; isError?: boolean }
  return {
    isError,
    text: content.flatMap(({ text }) => text ?? []).join("\n"),
    images: content.flatMap(({ data, mimeType }) =>
      data === undefined || mimeType === undefined ? [] : [{ data, mimeType }]
    ),
    characters: JSON.stringify(result).length
  }
}

/** A folder of its own, by its real path. */
export const folder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => realpathSync(mkdtempSync(join(tmpdir(), "mcp-")))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** The environment of a server that asks an emulator on a port, and what else is set. */
export const environmentOf = (
  baseUrl: string,
  more: Readonly<Record<string, string>> = {}
): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: "/nowhere",
  OPENROUTER_API_KEY: "sk-or-v1-secretsecret",
  OPENROUTER_BASE_URL: baseUrl,
  ...more
})

const clientOf = (person: Person | undefined): Client => {
  const client = new Client(
    { name: "agent", version: "1" },
    { capabilities: person === undefined ? {} : { elicitation: {} } }
  )
  if (person !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      const action = person(params)
      return action === "accept" ? { action, content: {} } : { action }
    })
  }
  return client
}

const agentOf = (client: Client, said: Agent["said"]): Agent => ({
  client,
  said,
  call: (name, args = {}, options = {}) =>
    Effect.map(
      Effect.promise(() => client.callTool({ name, arguments: args }, undefined, options)),
      answerOf
    )
})

export interface Setting {
  readonly args: ReadonlyArray<string>
  /** The command, and what stands before its options. Default: the server's own. */
  readonly command?: ReadonlyArray<string>
  readonly person?: Person
}

/** An agent with a server of its own on stdin and stdout, which asks the emulator. */
export const overStdio = ({
  args,
  command = [main],
  person
}: Setting): Effect.Effect<Agent, never, Emulator.Emulator | Scope.Scope> =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const client = clientOf(person)
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [...command, ...args],
      env: environmentOf(baseUrl),
      stderr: "pipe"
    })
    let said = ""
    transport.stderr?.on("data", (bytes) => {
      said += String(bytes)
    })
    yield* Effect.acquireRelease(
      Effect.promise(() => client.connect(transport)),
      () => Effect.promise(() => client.close())
    )
    return agentOf(client, () => said)
  })

/** A server over HTTP. */
export interface Served {
  readonly url: string
  readonly child: ChildProcess
  /** What it wrote to stderr. */
  readonly said: () => string
}

/** A server over HTTP, which asks the emulator. */
export const httpServer = (
  args: ReadonlyArray<string>
): Effect.Effect<Served, never, Emulator.Emulator | Scope.Scope> =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const env = environmentOf(baseUrl, { OPENROUTER_IMAGES_MCP_TOKEN: token })
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(process.execPath, [main, "--http", "0", ...args], { env, stdio: "pipe" })),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    let said = ""
    child.stderr.on("data", (bytes) => {
      said += String(bytes)
    })
    const url = () => /listening on (\S+)/.exec(said)?.[1] ?? ""
    yield* eventually(Effect.sync(() => url() !== ""))
    return { child, url: url(), said: () => said }
  })

/** An agent that uses such a server. */
export const overHttp = ({ said, url }: Served, person?: Person): Effect.Effect<Agent, never, Scope.Scope> =>
  Effect.gen(function* () {
    const client = clientOf(person)
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { authorization: `Bearer ${token}` } }
    })
    yield* Effect.acquireRelease(
      // Its types say that a session has an id, which it has only later
      Effect.promise(() => client.connect(transport as Parameters<Client["connect"]>[0])),
      () => Effect.promise(() => transport.terminateSession().then(() => client.close()))
    )
    return agentOf(client, said)
  })

/** Waits until something holds, however slow the machine is. */
export const eventually = <E, R>(holds: Effect.Effect<boolean, E, R>) =>
  Effect.asVoid(Effect.repeat(Effect.delay(holds, "10 millis"), { until: (all) => all }))

/** What the emulator has billed, in US dollars. */
export const billed = Effect.flatMap(Emulator.Emulator, ({ ledger }) =>
  Effect.map(ledger, (entries) => entries.reduce((sum, { costUsd }) => sum + costUsd, 0))
)
