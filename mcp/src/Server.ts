/** The server: its tools, over the clients of a transport. */
import * as McpServer from "@effect/ai/McpServer"
import * as RpcServer from "@effect/rpc/RpcServer"
import * as Effect from "effect/Effect"
import * as Clients from "./protocol/Clients.js"
import { gallery } from "./tools/Gallery.js"
import { edit, generate } from "./tools/Generate.js"
import { generationCost } from "./tools/GenerationCost.js"
import { listModels, quote } from "./tools/Prices.js"

export const version = "0.1.0"

const about = { name: "openrouter-images", version }

const tools = Effect.all([generate, edit, listModels, quote, generationCost, gallery], { discard: true })

/**
 * Serves clients until the transport ends. What is being saved then is still saved: a call that ends late is waited
 * for.
 */
export const run = <E, R>(transport: (clients: Clients.Clients) => Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    const clients = yield* Clients.make
    // A client that asks before the tools are there would be told that there are none
    yield* tools
    const serving = McpServer.run(about).pipe(Effect.provideService(RpcServer.Protocol, clients.protocol))
    return yield* Effect.raceFirst(transport(clients), serving)
  }).pipe(Effect.provide(McpServer.McpServer.layer))
