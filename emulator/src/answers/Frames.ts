/** A generation as server-sent events: the frames of a stream that goes well, and what a fault makes of them. */
import type { ImagesSchema } from "effect-openrouter-images"
import type { StreamFault } from "../faults/Fault.js"
import type { Picture } from "./Wire.js"

/** A part of the stream, before it is written as lines. */
type Frame =
  | { readonly comment: string }
  | { readonly data: string; readonly event?: string }
  | { readonly line: string }

const event = (body: object): { readonly data: string } => ({ data: JSON.stringify(body) })
/** While the provider works, empty comments come, seven in a row. */
const working: ReadonlyArray<Frame> = Array.from({ length: 7 }, () => ({ comment: "" }))
const done: Frame = { data: "[DONE]" }

export interface Progress {
  /** Previews of a raster picture, as base64. */
  readonly previews: ReadonlyArray<string>
  /** Pieces of an SVG's markup. */
  readonly chunks: ReadonlyArray<string>
}

export interface Final {
  readonly pictures: ReadonlyArray<Picture>
  readonly created: number
  readonly usage: object
}

/** A part for each preview, and one for the markup. */
const progressFrames = ({ chunks, previews }: Progress): ReadonlyArray<ReadonlyArray<Frame>> => [
  ...previews.map((b64_json, partial_image_index) => [
    event({ type: "image_generation.partial_image", partial_image_index, b64_json }),
    ...working
  ]),
  ...(chunks.length === 0
    ? []
    : [[textChunk("Drawing it.", "reasoning"), ...chunks.map((text) => textChunk(text, "content"))]])
]

const textChunk = (text: string, phase: ImagesSchema.TextChunkPhase): Frame =>
  event({ type: "image_generation.text_chunk", text, phase })

const finalFrames = ({ created, pictures, usage }: Final): ReadonlyArray<Frame> =>
  pictures.map((picture, i) =>
    event({
      type: "image_generation.completed",
      ...picture,
      created,
      ...(i === pictures.length - 1 ? { usage } : {})
    })
  )

const message = "The provider failed"
const code = "server_error"
const error = { message, code, param: null, type: null }

/** The event of a failure, in one of its shapes. */
const failure = (shape: StreamFault["error"]): Frame => {
  switch (shape) {
    case "typeless":
      return event({ error })
    case "chat": {
      const choices = [{ index: 0, delta: { content: "" }, finish_reason: "error" }]
      return event({ id: "gen-emulated", object: "chat.completion.chunk", error: { code: 502, message }, choices })
    }
    case "flat":
      return event({ type: "error", message, code })
    case "text":
      return event({ type: "error", error: message })
    case "named":
      return { ...event({ message, code }), event: "error" }
    case "failed":
      return event({ type: "image_generation.failed", error })
    case "responseFailed":
      return event({ type: "response.failed", response: { status: "failed", error: { code, message } } })
    case "bare":
      return { line: JSON.stringify({ error: { message, code: 502 } }) }
    default:
      return event({ type: "error", error })
  }
}

/** The frames after the progress. */
const endFrames = (fault: StreamFault | undefined, final: Final): ReadonlyArray<Frame> => {
  const completed = finalFrames(final)
  switch (fault?.how) {
    case "error":
      return [failure(fault.error)]
    case "doneEarly":
      return [done]
    case "endEarly":
      return []
    case "badBase64":
      return [...completed.map((frame) => ("data" in frame ? { data: breakBase64(frame.data) } : frame)), done]
    case "noDone":
      return completed
    case "strangers":
      return [{ data: "no JSON" }, event({ type: "image_generation.novelty", depth: 3 }), ...completed, done]
    default:
      return [...completed, done]
  }
}

const breakBase64 = (data: string): string => data.replace(/("b64_json":"[^"]{8})./, "$1*")

const lineEnds = { lf: ["\n"], crlf: ["\r\n"], cr: ["\r"], mixed: ["\r\n", "\n", "\r"] } as const

/**
 * A frame as lines. JSON may have a line end wherever it may have a space, so data of several lines is cut after its
 * first comma.
 */
const lines = (frame: Frame, severalLines: boolean): ReadonlyArray<string> => {
  if ("comment" in frame) return [`: ${frame.comment}`, ""]
  if ("line" in frame) return [frame.line, ""]
  const parts = severalLines ? frame.data.split(/(?<=^\{[^,]*,)/) : [frame.data]
  const name = frame.event === undefined ? [] : [`event: ${frame.event}`]
  return [...name, ...parts.map((part) => `data: ${part}`), ""]
}

const textOf = (frames: ReadonlyArray<Frame>, fault: StreamFault | undefined): string => {
  const ends = lineEnds[fault?.lineEnds ?? "lf"]
  return frames
    .flatMap((frame) => lines(frame, fault?.severalLines ?? false))
    .map((line, i) => line + ends[i % ends.length])
    .join("")
}

/** The body of an answer that goes well, in parts: what a viewer sees one after the other. */
export const parts = (progress: Progress, final: Final): ReadonlyArray<string> =>
  [working, ...progressFrames(progress), endFrames(undefined, final)].map((frames) => textOf(frames, undefined))

/** The body of the answer. */
export const body = (progress: Progress, final: Final, fault: StreamFault | undefined): string => {
  const all = [...working, ...progressFrames(progress).flat(), ...endFrames(fault, final)]
  return (fault?.byteOrderMark ? "\uFEFF" : "") + textOf(all, fault)
}
