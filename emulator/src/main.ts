#!/usr/bin/env node
/** `openrouter-images-emulator [--port N]`: serves until it is interrupted. */
import { parseArgs } from "node:util"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Emulator, layerServer } from "./Emulator.js"

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } })

const program = Layer.launch(
  Layer.effectDiscard(
    Effect.flatMap(Emulator, ({ baseUrl }) => Console.log(`listening on ${baseUrl.replace(/\/api\/v1$/, "")}`))
  ).pipe(Layer.provide(layerServer({ port: Number(values.port) })))
)

NodeRuntime.runMain(program)
