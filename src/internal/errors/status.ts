/** What a status or an operation means for any answer. */
import type { Operation } from "../../Errors.js"

export const isSuccess = (status: number): boolean => status >= 200 && status < 300

/** A browser hides a redirect that it must not follow. Its status is then 0, which no other answer has. */
export const isRedirect = (status: number): boolean => status === 0 || (status >= 300 && status < 400)

/** Somebody on the way gave up waiting. The generation may continue. */
export const isGivenUp = (status: number): boolean => status === 408 || status === 504 || status === 524

/** Discovery is never billed. */
export const isDiscovery = (operation: Operation): boolean =>
  operation === "listModels" || operation === "listModelEndpoints"
