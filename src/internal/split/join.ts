/** Joins the answers of several calls into one response. */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { GenerateError, Issue } from "../../Errors.js"
import type { GeneratedImage } from "../../GeneratedImage.js"
import type { GenerationCall } from "../../Schema/GenerationCall.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import type { FallbackOutcome, ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import { recordedRequest } from "../request/record.js"
import { same } from "../request/same.js"
import { orAbsent, prefixIssues } from "../schema/lists.js"
import { present } from "../schema/present.js"
import { factsOf, failedCall } from "./calls.js"
import { commonOf } from "./common.js"
import { failureOf, imagesIn } from "./failure.js"

/** A call that has ended. */
export interface Ended {
  readonly request: ImageGenerationRequest
  readonly exit: Exit.Exit<ImageGenerationResponse, GenerateError>
}

const imagesOf = ({ exit }: Ended): ReadonlyArray<GeneratedImage> =>
  Exit.match(exit, {
    onSuccess: ({ data }) => data,
    onFailure: (cause) => Option.match(Cause.failureOption(cause), { onNone: () => [], onSome: imagesIn })
  })

const callOf = ({ exit, request }: Ended, pictures: ReadonlyArray<number>): GenerationCall => {
  if (Exit.isFailure(exit)) return failedCall(request, exit.cause, pictures)
  const { cached, generationId, providerName, request: other, usage } = exit.value
  const made = other ?? recordedRequest(request)
  return { request: made, pictures, ...present({ usage, generationId, providerName, cached }) }
}

const callsOf = (ended: ReadonlyArray<Ended>): ReadonlyArray<GenerationCall> => {
  const counts = ended.map((one) => imagesOf(one).length)
  return ended.map((one, i) => {
    const before = counts.slice(0, i).reduce((sum, count) => sum + count, 0)
    return callOf(
      one,
      Array.from({ length: counts[i] ?? 0 }, (_, picture) => before + picture)
    )
  })
}

/** None where several models made the pictures: then the request of each call says which. */
const fallbackOf = (responses: ReadonlyArray<ImageGenerationResponse>): FallbackOutcome | undefined => {
  const model = commonOf(responses.map(({ fallback }) => fallback?.model))
  return model === undefined
    ? undefined
    : { model, failures: responses.flatMap(({ fallback }) => fallback?.failures ?? []) }
}

/** The request that made all pictures where it is another than the one asked for, as a whole. */
const requestOf = (
  asked: ImageGenerationRequest,
  responses: ReadonlyArray<ImageGenerationResponse>
): ImageGenerationRequest | undefined => {
  const [first, ...rest] = responses.map(({ request }) => request && asWhole(asked, request))
  return rest.every((one) => same(one, first)) ? first : undefined
}

const asWhole = (
  { n, seed }: ImageGenerationRequest,
  { n: _, seed: __, ...request }: ImageGenerationRequest
): ImageGenerationRequest => ({ ...request, ...present({ n, seed }) })

/** The faults of the answers, each behind the path of its call. */
const faultsWithin = (ended: ReadonlyArray<Ended>): ReadonlyArray<Issue> =>
  ended.flatMap(({ exit }, i) => (Exit.isSuccess(exit) ? prefixIssues(["calls", i], exit.value.faults ?? []) : []))

/** The response with the pictures of all calls, in order; or why there is none. */
export const joinResponses = (
  asked: ImageGenerationRequest,
  ended: Arr.NonEmptyReadonlyArray<Ended>
): Either.Either<ImageGenerationResponse, Cause.Cause<GenerateError>> => {
  const responses = ended.flatMap(({ exit }) => (Exit.isSuccess(exit) ? [exit.value] : []))
  if (responses.length === 0) {
    const causes = ended.flatMap(({ exit }) => (Exit.isFailure(exit) ? [exit.cause] : []))
    return Either.left(Arr.isNonEmptyReadonlyArray(causes) ? failureOf(causes) : Cause.empty)
  }
  const calls = callsOf(ended)
  const { faults = [], ...facts } = factsOf(calls)
  return Either.right({
    created: Math.max(...responses.map(({ created }) => created)),
    data: ended.flatMap(imagesOf),
    ...facts,
    ...present({
      faults: orAbsent([...faults, ...faultsWithin(ended)]),
      cached: commonOf(calls.map(({ cached }) => cached)),
      fallback: fallbackOf(responses),
      request: requestOf(asked, responses)
    })
  })
}
