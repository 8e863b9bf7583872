import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import type { Client, Errors, Images } from "effect-openrouter-images"
import { type Script, scripted } from "./memoryHttp.js"

export type Program = Effect.Effect<unknown, Errors.OpenRouterError, Images.Images>

export const seconds = (...all: ReadonlyArray<number>): ReadonlyArray<number> => all.map((each) => each * 1000)

/** The moments of the attempts without jitter, in milliseconds after the first. */
export const steadyAt = [0, 500, 1250, 2375, 4062.5]

/**
 * Runs the program against the script through a day of the test's clock; gives the moments of its attempts, in milliseconds after the
 * first, and how it ended.
 */
export const run = (program: Program, script: Script, options?: Client.ClientOptions) =>
  Effect.gen(function* () {
    const { layer, received } = scripted(script, options)
    const fiber = yield* Effect.fork(Effect.exit(program).pipe(Effect.provide(layer)))
    yield* TestClock.adjust("1 day")
    const exit = yield* Fiber.join(fiber)
    return { at: received.map(({ at }) => at - (received[0]?.at ?? 0)), ok: Exit.isSuccess(exit), exit }
  })
