/** The one failure of several calls that have all failed. */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Option from "effect/Option"
import * as Errors from "../../Errors.js"
import type { GeneratedImage } from "../../GeneratedImage.js"

type Images = ReadonlyArray<GeneratedImage>

export const imagesIn = (error: Errors.GenerateStreamError): Images => ("images" in error ? error.images : [])

const withImages = (error: Errors.GenerateStreamError, images: Images): Errors.GenerateStreamError => {
  switch (error._tag) {
    case "ConnectionError":
      return new Errors.ConnectionError({ ...error, images })
    case "RequestTimeoutError":
      return new Errors.RequestTimeoutError({ ...error, images })
    case "ResponseValidationError":
      return new Errors.ResponseValidationError({ ...error, images })
    case "IncompleteStreamError":
      return new Errors.IncompleteStreamError({ ...error, images })
    default:
      return error
  }
}

const weights = { billed: 2, unknown: 1, notBilled: 0 } as const

/** Pictures weigh most: they were paid for, and only some errors can hold them. */
const weightOf = (error: Errors.GenerateStreamError): number =>
  imagesIn(error).length > 0 ? 3 : weights[error.billing]

/**
 * The first of the failures that cost most, with the pictures of all of them: what follows from a failure must not follow
 * from a cheaper one. A defect comes first, because nobody knows what its call cost.
 */
export const failureOf = <E extends Errors.GenerateStreamError>(
  causes: Arr.NonEmptyReadonlyArray<Cause.Cause<E>>
): Cause.Cause<E> => {
  const errors = causes.flatMap((cause) => Option.toArray(Cause.failureOption(cause)))
  if (!Arr.isNonEmptyReadonlyArray(errors) || errors.length < causes.length) {
    return causes.find((cause) => Option.isNone(Cause.failureOption(cause))) ?? causes[0]
  }
  const error = Arr.reduce(errors, errors[0], (one, other) => (weightOf(other) > weightOf(one) ? other : one))
  const images = errors.flatMap(imagesIn)
  // It keeps its tag, and with it its type.
  return Cause.fail(images.length === imagesIn(error).length ? error : (withImages(error, images) as E))
}
