/** A request as it may be kept beside its pictures: who asked for them, and pictures that were sent along, stay out of it. */
import type * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { present } from "../schema/present.js"
import { same } from "./same.js"

/** It is kept in our own names; a field that this version does not know is kept as well. */
export const RecordedRequest = Schema.typeSchema(ImageGenerationRequest).annotations({
  parseOptions: { onExcessProperty: "preserve" }
})

export const isDataUrl = (url: string): boolean => /^data:/i.test(url)

const withoutContent = <A>(reference: A): A => {
  if (!Predicate.isRecord(reference) || !Predicate.isRecord(reference["imageUrl"])) return reference
  const { url } = reference["imageUrl"]
  if (!Predicate.isString(url) || !isDataUrl(url)) return reference
  return { ...reference, imageUrl: { url: url.slice(0, url.indexOf(",") + 1) } }
}

/** The request without `user`, `sessionId` and `trace`, and with references that are data URLs without content. */
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

/** Of a request what another does not tell; null stands for what is not in it. */
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

/** The request again, where it is one. */
export const withDifferences = (
  from: Partial<ImageGenerationRequest>,
  differences: unknown
): Option.Option<ImageGenerationRequest> => {
  const all = { ...from, ...(Predicate.isRecord(differences) ? differences : {}) }
  return requestIn(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)))
}

const requestIn = Schema.decodeUnknownOption(RecordedRequest)
