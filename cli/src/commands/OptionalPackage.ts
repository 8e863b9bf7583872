/** Packages that a command needs, and that need not be installed. */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { UsageError } from "../failure/Failure.js"

/**
 * The wanted package that is not installed, by an error of `import` or of `require`. A missing dependency of one of
 * them is another matter.
 */
const findMissing = (error: unknown, wanted: ReadonlyArray<string>): string | undefined =>
  Predicate.hasProperty(error, "code") && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code))
    ? wanted.find((name) => new RegExp(`Cannot find (package|module) '${name}['/]`).test(String(error)))
    : undefined

/** Loads a module. `users` says what needs which package; one that is missing fails with the line that installs it. */
export const load = <A>(
  load: () => Promise<A>,
  users: Readonly<Record<string, string>>
): Effect.Effect<A, UsageError> =>
  Effect.tryPromise({ try: load, catch: (error) => error }).pipe(
    Effect.catchAll((error) => {
      const missing = findMissing(error, Object.keys(users))
      if (missing === undefined) return Effect.die(error)
      return new UsageError({
        problem: `${users[missing]} needs the package ${missing}, which is not installed.`,
        advice: `Install it beside this one: npm install ${missing}`
      })
    })
  )
