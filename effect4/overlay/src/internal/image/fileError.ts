// Overlay: Effect 4 has one class of PlatformError, with a reason.
/** What a failed operation on a file means. */
import type { PlatformError } from "effect/PlatformError"

/** The file is not there. */
export const isMissing = ({ reason }: PlatformError): boolean => reason._tag === "NotFound"

/** Something of this name is already there. */
export const isTaken = ({ reason }: PlatformError): boolean => reason._tag === "AlreadyExists"
