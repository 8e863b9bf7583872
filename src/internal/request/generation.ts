/** A generation's request, checked and under the API's names. */
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import type { Issue } from "../../Errors.js"
import { ImageGenerationRequest, outerFaults } from "../../Schema/ImageGenerationRequest.js"
import { encoder, withNames } from "../schema/issues.js"

/** Checks a request and renames its fields to the API's names. */
export const encodeRequest = (request: unknown): Either.Either<object, ReadonlyArray<Issue>> =>
  Either.mapLeft(encode(request), (issues) => Arr.dedupeWith([...issues, ...withNames(outerFaults(request))], same))

const encode = encoder(ImageGenerationRequest)

const same = (one: Issue, other: Issue): boolean =>
  one.message === other.message && one.path.join() === other.path.join()
