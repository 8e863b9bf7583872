/** Joins events into the body that would have said the same in one piece, for `generate`. */
import * as Predicate from "effect/Predicate"
import type { PictureFault } from "../decoding/pictureScanner.js"
import { errorIn } from "../errors/reported.js"
import type { ReadEvent } from "../response/eventKind.js"
import type { Content } from "./content.js"

/** The items, with the numbers of their pictures shifted behind those of earlier events. */
const renumber = (items: ReadonlyArray<unknown>, by: number): ReadonlyArray<unknown> =>
  items.map((item) =>
    Predicate.isRecord(item) && Predicate.isNumber(item["b64_json"])
      ? { ...item, b64_json: item["b64_json"] + by }
      : item
  )

const itemsOf = (json: unknown): ReadonlyArray<unknown> => {
  const data = Predicate.isRecord(json) ? json["data"] : undefined
  return Array.isArray(data) ? data : [json ?? {}]
}

const fieldOf = (events: ReadonlyArray<ReadEvent>, name: string): unknown =>
  events
    .map(({ json }) => (Predicate.isRecord(json) ? json[name] : undefined))
    .filter((value) => value !== undefined && value !== null)
    .at(-1)

/** The failure, in the place where a body has it. */
const errorOf = ({ json, text }: ReadEvent): unknown => {
  const error = Predicate.isRecord(json) ? (json["error"] ?? errorIn(json)) : errorIn(json)
  return Predicate.isRecord(error) && Object.keys(error).length === 0 ? text : error
}

export const joinEvents = (events: ReadonlyArray<ReadEvent>): Content => {
  const pictures: Array<Uint8Array> = []
  const faults: Array<PictureFault> = []
  const data: Array<unknown> = []
  const completed = events.filter(({ kind }) => kind === "completed")
  for (const event of completed) {
    faults.push(...event.faults.map(({ index, message }) => ({ index: data.length + index, message })))
    data.push(...renumber(itemsOf(event.json), pictures.length))
    pictures.push(...event.pictures)
  }
  const failure = events.find(({ kind }) => kind === "failed")
  return {
    text: events.map(({ text }) => text).join("\n"),
    json: {
      created: fieldOf(completed, "created"),
      created_at: fieldOf(completed, "created_at"),
      data,
      usage: fieldOf(completed, "usage"),
      ...(failure === undefined ? {} : { error: errorOf(failure) })
    },
    pictures,
    faults,
    isStream: true
  }
}
