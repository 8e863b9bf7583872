/** How a command ends: what it says of a failure, and its exit code. */
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Print from "../output/Print.js"
import { sanitize } from "../output/Text.js"
import * as Color from "../terminal/Color.js"
import * as ExitCode from "./ExitCode.js"
import type { Failure } from "./Failure.js"
import { format } from "./Format.js"

/** Says what failed, and gives its exit code. */
export const report = (failure: Failure): Effect.Effect<number> =>
  Print.widthOf("stderr").pipe(
    Effect.flatMap((width) => Console.error(format(failure, width))),
    Effect.as(ExitCode.of(failure))
  )

/** A defect is a bug of ours: one line names it, and `--log-level debug` shows all of it. */
const reportDefect = (cause: Cause.Cause<never>): Effect.Effect<void> =>
  Effect.zipRight(
    Console.error(`${Color.error("unexpected:")} ${sanitize(String(Cause.squash(cause)))}`),
    Effect.logDebug("unexpected", cause)
  )

/** Carries a line out to its exit code, and reports what it failed with. */
export const toExitCode = <R>(line: Effect.Effect<void, Failure, R>): Effect.Effect<number, never, R> =>
  line.pipe(
    Effect.as(ExitCode.ok),
    Effect.catchAll(report),
    Effect.catchAllCause((cause) =>
      Option.match(Cause.keepDefects(cause), {
        onNone: () => Effect.failCause(cause),
        onSome: (defects) => Effect.as(reportDefect(defects), ExitCode.unexpected)
      })
    )
  )
