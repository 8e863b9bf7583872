/** What a failed operation on a file means. */
import type { PlatformError } from "@effect/platform/Error"

/** The file is not there. */
export const isMissing = (error: PlatformError): boolean => error._tag === "SystemError" && error.reason === "NotFound"

/** Something of this name is already there. */
export const isTaken = (error: PlatformError): boolean =>
  error._tag === "SystemError" && error.reason === "AlreadyExists"
