/** Joins events into the body that would have said the same in one piece, for `generate`. */
import * as Predicate from "effect/Predicate"
import type { PictureFault } from "../decoding/pictureScanner.js"
import { errorIn } from "../errors/reported.js"
import { isPicture, isSaid, type ReadEvent } from "../response/eventKind.js"
import type { Content } from "./content.js"

type Json = Readonly<Record<string, unknown>>

const recordOf = ({ json }: ReadEvent): Json => (Predicate.isRecord(json) ? json : {})

/**
 * The items of an event: those of its list, or the event itself. Where none of them names a picture, the pictures stand
 * in places that nobody documents, and are the items. `before`: how many pictures earlier events had.
 */
const itemsOf = (event: ReadEvent, before: number): ReadonlyArray<unknown> => {
  const { data } = recordOf(event)
  const items: ReadonlyArray<unknown> = Array.isArray(data) ? data : [recordOf(event)]
  return event.pictures.length === 0 || items.some(isPicture)
    ? items.map((item) => (isPicture(item) ? { ...item, b64_json: item.b64_json + before } : item))
    : event.pictures.map((_, i) => ({ b64_json: i + before }))
}

/** The last value of a field, whichever event has it. */
const fieldOf = (events: ReadonlyArray<ReadEvent>, name: string): unknown =>
  events
    .map((event) => recordOf(event)[name])
    .filter((value) => value !== undefined && value !== null)
    .at(-1)

/** The error of a failure. It is one even where the server has no word for it. */
const errorOf = (failure: ReadEvent): unknown => {
  const { error } = recordOf(failure)
  if (isSaid(error)) return error
  const found = errorIn(failure.json)
  return Object.keys(found).length > 0 || failure.text.trim() === "" ? found : failure.text
}

/** A failure as a body says it: its error, and what stands beside it. */
const bodyOf = (failure: ReadEvent): Json => ({ ...recordOf(failure), error: errorOf(failure) })

export const joinEvents = (events: ReadonlyArray<ReadEvent>): Content => {
  const pictures: Array<Uint8Array> = []
  const faults: Array<PictureFault> = []
  const data: Array<unknown> = []
  const completed = events.filter(({ kind }) => kind === "completed")
  for (const event of completed) {
    const before = pictures.length + faults.length
    data.push(...itemsOf(event, pictures.length))
    faults.push(...event.faults.map(({ index, message }) => ({ index: before + index, message })))
    pictures.push(...event.pictures)
  }
  // A generation that has completed has not failed, whatever a later event says.
  const failure = completed.length > 0 ? undefined : events.find(({ kind }) => kind === "failed")
  // An event that breaks off breaks off the body, as it would in one piece.
  const isBroken = completed.some(({ json }) => json === undefined)
  return {
    text: failure?.text ?? events.map(({ text }) => text).join("\n"),
    json: isBroken
      ? undefined
      : {
          ...(failure === undefined ? {} : bodyOf(failure)),
          created: fieldOf(completed, "created"),
          created_at: fieldOf(completed, "created_at"),
          generation_id: fieldOf(completed, "generation_id"),
          data,
          usage: fieldOf(completed, "usage") ?? fieldOf(events, "usage")
        },
    pictures,
    faults,
    isOpen: events.every(({ kind }) => kind !== "done")
  }
}
