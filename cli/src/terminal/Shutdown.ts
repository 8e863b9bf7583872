/** The end of a program that a signal asks for. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

export interface Service {
  /** Says that the program has ended in order: a supervisor that told it to end by SIGTERM reads the exit code 0. */
  readonly markOrderly: Effect.Effect<void>
}

export class Shutdown extends Context.Tag("openrouter-images/Shutdown")<Shutdown, Service>() {}

/** The service, and the exit code of a program that was interrupted. */
export const make = (interrupted: number): Service & { readonly exitCode: () => number } => {
  let isOrderly = false
  let first: NodeJS.Signals | undefined
  const note = (signal: NodeJS.Signals) => () => {
    first ??= signal
  }
  process.once("SIGTERM", note("SIGTERM"))
  process.once("SIGINT", note("SIGINT"))
  return {
    markOrderly: Effect.sync(() => {
      isOrderly = true
    }),
    exitCode: () => (isOrderly && first === "SIGTERM" ? 0 : interrupted)
  }
}
