/** Failures of a connection, as a recording has them, and as a runtime throws them. */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import { describeFailure } from "../../attempt/connectionFailure.js"
import type { Failure } from "./recording.js"
import type { Redact } from "./secrets.js"

/** What a failed connection tells. */
export const failureOf = (error: HttpClientError, atMillis: number, redact: Redact): Failure => {
  const { description, ...told } = describeFailure(error)
  return { atMillis, ...told, description: redact(description) }
}

/**
 * What a runtime would have thrown. That nothing was sent is in the system call. Where that is not certain, the failure
 * is one of two, so that no code of its own can prove it.
 */
export const causeOf = ({ code, description, phase }: Failure): Error => {
  const own = Object.assign(new Error(description), code === undefined ? {} : { code })
  return phase === "connect"
    ? Object.assign(own, { syscall: "connect" })
    : Object.assign(new Error(""), { errors: [own, new Error(description)] })
}
