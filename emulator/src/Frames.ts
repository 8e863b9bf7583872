/** A generation as server-sent events: the frames of a stream that goes well, and what a fault makes of them. */
import type { ImagesSchema } from "effect-openrouter-images"
import type { StreamFault } from "./Fault.js"

/** What is to be said, before it is spelled as lines. */
type Frame = { readonly comment: string } | { readonly data: string }

const event = (body: object): Frame => ({ data: JSON.stringify(body) })
const processing: Frame = { comment: "OPENROUTER PROCESSING" }
const done: Frame = { data: "[DONE]" }

export interface Progress {
  /** Previews of a raster picture, as base64. */
  readonly previews: ReadonlyArray<string>
  /** Pieces of an SVG's markup. */
  readonly chunks: ReadonlyArray<string>
}

export interface Final {
  readonly pictures: ReadonlyArray<{ readonly b64: string; readonly mediaType: string }>
  readonly created: number
  readonly usage: object
}

const progressFrames = ({ chunks, previews }: Progress): ReadonlyArray<Frame> => [
  ...previews.flatMap((b64_json, partial_image_index) => [
    processing,
    event({ type: "image_generation.partial_image", partial_image_index, b64_json })
  ]),
  ...(chunks.length === 0 ? [] : [textChunk("Drawing it.", "reasoning")]),
  ...chunks.map((text) => textChunk(text, "content"))
]

const textChunk = (text: string, phase: ImagesSchema.TextChunkPhase): Frame =>
  event({ type: "image_generation.text_chunk", text, phase })

const finalFrames = ({ created, pictures, usage }: Final): ReadonlyArray<Frame> =>
  pictures.map(({ b64, mediaType }, i) =>
    event({
      type: "image_generation.completed",
      b64_json: b64,
      media_type: mediaType,
      created,
      ...(i === pictures.length - 1 ? { usage } : {})
    })
  )

/** The frames after the progress. */
const ending = (fault: StreamFault | undefined, final: Final): ReadonlyArray<Frame> => {
  const completed = finalFrames(final)
  switch (fault?.how) {
    case "error":
      return [
        event({
          type: "error",
          error: { message: "The provider failed", code: "server_error", param: null, type: null }
        })
      ]
    case "doneEarly":
      return [done]
    case "endEarly":
      return []
    case "badBase64":
      return [...completed.map((frame) => ("data" in frame ? { data: spoiled(frame.data) } : frame)), done]
    case "noDone":
      return completed
    case "strangers":
      return [{ data: "no JSON" }, event({ type: "image_generation.novelty", depth: 3 }), ...completed, done]
    default:
      return [...completed, done]
  }
}

const spoiled = (data: string): string => data.replace(/("b64_json":"[^"]{8})./, "$1*")

const lineEnds = { lf: ["\n"], crlf: ["\r\n"], cr: ["\r"], mixed: ["\r\n", "\n", "\r"] } as const

/** A frame as lines. JSON may be broken wherever white space is free, so data of several lines is cut behind its first comma. */
const lines = (frame: Frame, severalLines: boolean): ReadonlyArray<string> => {
  if ("comment" in frame) return [`: ${frame.comment}`, ""]
  const parts = severalLines ? frame.data.split(/(?<=^\{[^,]*,)/) : [frame.data]
  return [...parts.map((part) => `data: ${part}`), ""]
}

/** The body of the answer. */
export const body = (progress: Progress, final: Final, fault: StreamFault | undefined): string => {
  const ends = lineEnds[fault?.lineEnds ?? "lf"]
  const all = [processing, ...progressFrames(progress), ...ending(fault, final)]
  const text = all
    .flatMap((frame) => lines(frame, fault?.severalLines ?? false))
    .map((line, i) => line + ends[i % ends.length])
    .join("")
  return (fault?.byteOrderMark ? "\uFEFF" : "") + text
}
