#!/usr/bin/env node
/** `openrouter-images-emulator [--port N]`: serves until it is interrupted. */
import type { ServeError } from "@effect/platform/HttpServerError"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import { parse, usage } from "./Arguments.js"
import { Emulator, layerServer } from "./Emulator.js"

const serve = (port: number) =>
  Layer.launch(
    Layer.effectDiscard(
      Effect.flatMap(Emulator, ({ baseUrl }) => Console.log(`listening on ${baseUrl.replace(/\/api\/v1$/, "")}`))
    ).pipe(Layer.provide(layerServer({ port })))
  ).pipe(Effect.catchTag("ServeError", (error) => failWith(1, cannotListen(port, error))))

const cannotListen = (port: number, { cause }: ServeError): string => {
  const code = Predicate.hasProperty(cause, "code") ? String(cause.code) : String(cause)
  return `cannot listen on 127.0.0.1:${port}: ${code === "EADDRINUSE" ? "the port is in use" : code}`
}

/** One line, and the exit code that the process ends with. */
const failWith = (exitCode: number, message: string): Effect.Effect<void> =>
  Effect.zipRight(
    Console.error(message),
    Effect.sync(() => {
      process.exitCode = exitCode
    })
  )

const program = Either.match(parse(process.argv.slice(2)), {
  onLeft: ({ message }) => failWith(2, `${message}; see --help`),
  onRight: (command) => (command._tag === "Help" ? Console.log(usage) : serve(command.port))
})

NodeRuntime.runMain(program)
