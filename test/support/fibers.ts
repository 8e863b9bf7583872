/** The ends of fibers. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"

/** Interrupts a fiber, and says how it has ended. */
export const interruptedExit = <A, E>(fiber: Fiber.Fiber<A, E>): Effect.Effect<Exit.Exit<A, E>> =>
  Effect.zipRight(Fiber.interrupt(fiber), Fiber.await(fiber))
