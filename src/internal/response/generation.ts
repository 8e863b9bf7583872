/** The response of a generation. The picture decides: a whole picture is a success, whatever comes with it. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { Issue } from "../../Errors.js"
import * as GeneratedImage from "../../GeneratedImage.js"
import { show } from "../../Issue.js"
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import type { Content } from "../attempt/content.js"
import type { HeadFacts } from "../attempt/headFacts.js"
import { decodeBase64 } from "../decoding/base64.js"
import type { PictureFault } from "../decoding/pictureScanner.js"
import { shorten } from "../errors/reported.js"
import { textAt, wordsOf } from "../errors/serverWords.js"
import { present } from "../schema/present.js"
import { createdOf } from "./created.js"
import { isPreview } from "./eventKind.js"
import { restorePictures } from "./restore.js"
import { readUsage } from "./usage.js"

/** A generation's content, and what the head of its answer says. */
export interface ReceivedContent extends Content {
  readonly facts: HeadFacts
  /** When the head came, in milliseconds since 1970. */
  readonly receivedAt: number
}

type Item = Either.Either<GeneratedImage.GeneratedImage, Issue>

/** Some APIs write the picture as a data URL in a field for an address. */
const pictureOfUrl = (url: string): GeneratedImage.GeneratedImage | undefined => {
  const bytes = /^data:/i.test(url) ? decodeBase64(url) : undefined
  return bytes === undefined || bytes.length === 0 ? undefined : GeneratedImage.make(bytes)
}

/** Why an item of `data` is not a picture. */
const faultOf = (item: unknown, path: Issue["path"], fault: PictureFault | undefined): Issue => {
  if (fault !== undefined) return { path: [...path, "b64_json"], message: fault.message }
  const url = textAt(item, "url")
  if (url !== undefined) {
    return { path: [...path, "url"], message: `holds an address in place of the picture: ${show(url)}` }
  }
  if (!Predicate.isRecord(item)) return { path, message: `must be an object with a picture, got ${show(item)}` }
  const words = wordsOf(item)
  return words === undefined ? { path: [...path, "b64_json"], message: "is missing" } : { path, message: words }
}

const itemsOf = ({ faults, json, pictures }: Content): ReadonlyArray<Item> => {
  const data = Predicate.isRecord(json) ? json["data"] : undefined
  let values = 0
  return (Array.isArray(data) ? data : []).map((item: unknown, i): Item => {
    const value = Predicate.isRecord(item) && "b64_json" in item ? item["b64_json"] : undefined
    const fault = value === undefined ? undefined : faults.find(({ index }) => index === values)
    if (value !== undefined) values++
    const bytes = Predicate.isNumber(value) ? pictures[value] : undefined
    const image =
      bytes === undefined
        ? pictureOfUrl(textAt(item, "url") ?? "")
        : GeneratedImage.make(bytes, textAt(item, "media_type"))
    return image === undefined ? Either.left(faultOf(item, ["data", i], fault)) : Either.right(image)
  })
}

/** Why there is no picture, with the words that came instead. */
const missingPictureIssue = (json: unknown): Issue => {
  const words = wordsOf(json)
  return { path: ["data"], message: `holds no picture${words === undefined ? "" : `: ${shorten(words)}`}` }
}

/** The response, with invalid items named in `faults`; or why there is no picture in it. */
export const readGeneration = (
  received: ReceivedContent
): Either.Either<ImageGenerationResponse, ReadonlyArray<Issue>> => {
  const { facts, json, pictures, receivedAt } = received
  if (!Predicate.isRecord(json)) return Either.left([missingPictureIssue(json)])
  const items = itemsOf(received)
  const faults = items.flatMap((item) => (Either.isLeft(item) ? [item.left] : []))
  const named = items.flatMap((item) => (Either.isRight(item) ? [item.right] : []))
  // Pictures in undocumented places are pictures all the same, except in a preview that is the whole answer.
  const elsewhere = isPreview(textAt(json, "type")) ? [] : pictures
  const data = named.length > 0 ? named : elsewhere.map((bytes) => GeneratedImage.make(bytes))
  if (data.length === 0) return Either.left(faults.length > 0 ? faults : [missingPictureIssue(json)])
  const generationId = facts.generationId ?? textAt(json, "generation_id")
  return Either.right({
    created: createdOf(json, generationId, receivedAt),
    data,
    ...present({
      ...facts,
      usage: readUsage(restorePictures(json["usage"], pictures)),
      generationId,
      faults: faults.length > 0 ? faults : undefined
    })
  })
}
