// Runs an effect that logs nothing.
import { Logger, LogLevel } from "effect"

export const quiet = Logger.withMinimumLogLevel(LogLevel.None)
