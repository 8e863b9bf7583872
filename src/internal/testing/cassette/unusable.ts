import * as Data from "effect/Data"

/** Why a request or a recording cannot be used. */
export class Unusable extends Data.TaggedError("Unusable")<{ readonly message: string }> {}
