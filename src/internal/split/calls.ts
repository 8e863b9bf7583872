/** What several calls say together about the pictures that they made. */
import * as Cause from "effect/Cause"
import * as Option from "effect/Option"
import type { GenerateStreamError, Issue } from "../../Errors.js"
import type { GenerationCall } from "../../Schema/GenerationCall.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import { generationIdIn } from "../errors/generationIdIn.js"
import { recordedRequest } from "../request/record.js"
import { orAbsent } from "../schema/lists.js"
import { present } from "../schema/present.js"
import { commonOf } from "./common.js"
import { usageOf } from "./usage.js"

/** A call that has failed, perhaps with pictures. */
export const failedCall = (
  request: ImageGenerationRequest,
  cause: Cause.Cause<GenerateStreamError>,
  pictures: ReadonlyArray<number>
): GenerationCall => {
  const error = Option.getOrUndefined(Cause.failureOption(cause))
  const generationId = error === undefined ? undefined : generationIdIn(error)
  return { request: recordedRequest(request), pictures, ...present({ error, generationId }) }
}

/** Whether a call did not end well. One without an error and without a picture died of a defect. */
export const hasFailed = ({ error, pictures }: GenerationCall): boolean => error !== undefined || pictures.length === 0

const wordsOf = ({ error }: GenerationCall): string =>
  error === undefined
    ? "broke down, billing unknown"
    : `failed with ${error._tag}, billing ${error.billing}: ${error.message}`

/** Why calls failed, and what that cost. */
export const faultsOf = (calls: ReadonlyArray<GenerationCall>): ReadonlyArray<Issue> =>
  calls.flatMap((call, i) => (hasFailed(call) ? [{ path: ["calls", i], message: wordsOf(call) }] : []))

/** The part of a response that follows from its calls. */
export const factsOf = (
  calls: ReadonlyArray<GenerationCall>
): Pick<ImageGenerationResponse, "calls" | "faults" | "generationId" | "providerName" | "usage"> => {
  const made = calls.filter(({ pictures }) => pictures.length > 0)
  return {
    calls,
    ...present({
      generationId: commonOf(made.map(({ generationId }) => generationId)),
      providerName: commonOf(made.map(({ providerName }) => providerName)),
      usage: usageOf(calls),
      faults: orAbsent(faultsOf(calls))
    })
  }
}
