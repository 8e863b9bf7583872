/** How fibers end. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"

/** Interrupts a fiber, and says how it has ended. */
export const interruptedExit = <A, E>(fiber: Fiber.Fiber<A, E>): Effect.Effect<Exit.Exit<A, E>> =>
  Effect.zipRight(Fiber.interrupt(fiber), Fiber.await(fiber))

/** The errors that an effect failed with. */
export const failuresOf = <A, E>(exit: Exit.Exit<A, E>): ReadonlyArray<E> =>
  Exit.isFailure(exit) ? [...Cause.failures(exit.cause)] : []
