// Overlay: Effect 4 has one class of PlatformError, with a reason.
/** Failures of a file system. */
import { type PlatformError, systemError } from "effect/PlatformError"

/** An operation on a file fails, and says why. */
export const fileFailure = (
  reason: "AlreadyExists" | "PermissionDenied" | "Unknown",
  description: string,
  path = ""
): PlatformError =>
  systemError({ _tag: reason, module: "FileSystem", method: "any", pathOrDescriptor: path, description })

/** Why it failed: `NotFound` and the like. */
export const reasonOf = (error: PlatformError): string => error.reason._tag
