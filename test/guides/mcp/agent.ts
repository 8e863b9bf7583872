// agent.ts
import { fileURLToPath } from "node:url"
import { NodeRuntime } from "@effect/platform-node"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import { Console, Effect } from "effect"

const server = fileURLToPath(
  new URL("../bin/openrouter-images-mcp.js", import.meta.resolve("effect-openrouter-images-mcp"))
)

const transport = new StdioClientTransport({
  command: process.execPath,
  args: [server, "--emulator", "--budget", "0.08", "--budget-file", "budget.json"]
})

const connected = Effect.acquireRelease(
  Effect.promise(async () => {
    const client = new Client({ name: "agent", version: "1.0.0" })
    await client.connect(transport)
    return client
  }),
  (client) => Effect.promise(() => client.close())
)

const program = Effect.gen(function* () {
  const client = yield* connected
  const draw = Effect.promise(() => client.callTool({ name: "generate", arguments: { prompt: "a red panda" } }))
  for (let i = 0; i < 2; i++) {
    const { content, isError } = yield* draw
    for (const part of content as ReadonlyArray<{ type: string; text?: string }>)
      yield* Console.log(isError ? "refused" : "drawn", part.text ?? part.type)
  }
})

program.pipe(Effect.scoped, NodeRuntime.runMain)
