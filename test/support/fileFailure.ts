/** Failures of a file system. */
import { type PlatformError, SystemError } from "@effect/platform/Error"

/** An operation on a file fails, and says why. */
export const fileFailure = (
  reason: "AlreadyExists" | "PermissionDenied" | "Unknown",
  description: string,
  path = ""
): PlatformError =>
  new SystemError({ reason, module: "FileSystem", method: "any", pathOrDescriptor: path, description })

/** Why it failed: `NotFound` and the like. */
export const reasonOf = (error: PlatformError): string => (error._tag === "SystemError" ? error.reason : error._tag)
