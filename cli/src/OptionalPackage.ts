/** Packages that only some commands need, and that a user installs for these. */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { UsageError } from "./failure/Failure.js"

/** The wanted package that is not installed. A missing dependency of one of them is another matter. */
const findMissing = (error: unknown, wanted: ReadonlyArray<string>): string | undefined =>
  Predicate.hasProperty(error, "code") && error.code === "ERR_MODULE_NOT_FOUND"
    ? wanted.find((name) => String(error).includes(`Cannot find package '${name}'`))
    : undefined

const installError = (what: string, name: string): UsageError =>
  new UsageError({
    problem: `${what} needs the package ${name}, which is not installed.`,
    advice: `Install it beside this one: npm install ${name}`
  })

/** Loads a module. `wanted` has the packages that it may need, and what needs each. */
export const load = <A>(
  wanted: Readonly<Record<string, string>>,
  module: () => Promise<A>
): Effect.Effect<A, UsageError> =>
  Effect.tryPromise({ try: module, catch: (error) => error }).pipe(
    Effect.catchAll((error) => {
      const name = findMissing(error, Object.keys(wanted))
      return name === undefined ? Effect.die(error) : Effect.fail(installError(wanted[name] ?? "", name))
    })
  )
