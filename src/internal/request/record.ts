/**
 * A request in the form that is kept beside its pictures. It leaves out who asked for them, and pictures that were sent
 * along.
 */
import type * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { present } from "../schema/present.js"
import { same } from "./same.js"

/** It is kept under our own field names, including fields that this version does not know. */
export const RecordedRequest = Schema.typeSchema(ImageGenerationRequest)

export const isDataUrl = (url: string): boolean => /^data:/i.test(url)

const withoutContent = <A>(reference: A): A => {
  if (!Predicate.isRecord(reference) || !Predicate.isRecord(reference["imageUrl"])) return reference
  const { url } = reference["imageUrl"]
  if (!Predicate.isString(url) || !isDataUrl(url)) return reference
  return { ...reference, imageUrl: { url: url.slice(0, url.indexOf(",") + 1) } }
}

/** The request without `user`, `sessionId` and `trace`. References that are data URLs lose their content. */
export const recordedRequest = ({
  inputReferences,
  sessionId: _,
  trace: __,
  user: ___,
  ...request
}: ImageGenerationRequest): ImageGenerationRequest =>
  present({
    ...request,
    inputReferences: Array.isArray(inputReferences) ? inputReferences.map(withoutContent) : inputReferences
  })

/** The fields of a request that `from` does not already say. Null stands for a field that the request does not have. */
export const differences = (
  from: Partial<ImageGenerationRequest>,
  request: ImageGenerationRequest
): Readonly<Record<string, unknown>> => {
  const before = new Map<string, unknown>(Object.entries(from))
  const after = new Map<string, unknown>(Object.entries(request))
  const names = [...new Set([...before.keys(), ...after.keys()])]
  return Object.fromEntries(
    names.flatMap((name) => (same(before.get(name), after.get(name)) ? [] : [[name, after.get(name) ?? null]]))
  )
}

/** Restores the request. None where the result is not a valid request. */
export const withDifferences = (
  from: Partial<ImageGenerationRequest>,
  differences: unknown
): Option.Option<ImageGenerationRequest> => {
  const all = { ...from, ...(Predicate.isRecord(differences) ? differences : {}) }
  return requestIn(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)))
}

const requestIn = Schema.decodeUnknownOption(RecordedRequest)
