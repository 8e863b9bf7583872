// Overlay: the least level of the log is a service of Effect 4.
// Runs an effect that logs nothing.
import { Effect, References } from "effect"

export const quiet = Effect.provideService(References.MinimumLogLevel, "None")
