/** Bodies of failures: OpenRouter's envelope, and what boxes in between and other servers send in its place. */
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Answer from "../answers/Answer.js"
import type { Status } from "./Fault.js"

type Fault = (typeof Status)["Type"]
type Response = HttpServerResponse.HttpServerResponse

/** Shapes of JSON that are not OpenRouter's. */
const shapes = {
  upstreamError: (message: string) => ({ error: { type: "upstream_error", message } }),
  errorText: (error: string) => ({ error }),
  detail: (detail: string) => ({ detail }),
  message: (message: string) => ({ message }),
  codeMessage: (message: string, code: number) => ({ code, message }),
  faults: (msg: string) => ({ detail: [{ loc: ["body", "prompt"], msg, type: "value_error" }] }),
  list: (message: string) => [{ message }, { message: "and another" }],
  noPictures: (error: string) => ({ created: 0, data: [], error }),
  job: () => ({ id: "job-emulated", status: "queued" })
} as const

/** Whether an answer is OpenRouter's own, so that its head says which generation it is about. */
const isOwn = ({ body, shape, text }: Fault): boolean =>
  text === undefined && shape === undefined && (body === undefined || body === "envelope" || body === "cut")

const contentOf = (fault: Fault): Response => {
  const { status } = fault
  const head = { status: fault.httpStatus ?? status, headers: fault.headers ?? {} }
  const given = fault.error?.["message"]
  const message = typeof given === "string" ? given : `Emulated status ${status}`
  if (fault.text !== undefined) {
    const contentType = fault.headers?.["content-type"] ?? "text/plain"
    return HttpServerResponse.text(fault.text, { ...head, contentType })
  }
  if (fault.shape === "challenge") return Answer.page("Just a moment...", head)
  if (fault.shape !== undefined) return Answer.json(shapes[fault.shape](message, status), head)
  switch (fault.body) {
    case "html":
      return Answer.page(`${status}: the edge of the network`, head)
    case "empty":
      return HttpServerResponse.text("", { ...head, contentType: "application/json" })
    case "text":
      return HttpServerResponse.text(`upstream said ${status}`, { ...head, contentType: "application/json" })
    default:
      return Answer.json({ error: { code: status, message, ...fault.error }, ...fault.beside }, head)
  }
}

/** The answer that a fault of this kind puts in place of the right one, before anything cuts it. */
export const statusAnswer = (fault: Fault, head: Readonly<Record<string, string>>): Response => {
  const response = contentOf(fault)
  return isOwn(fault) ? HttpServerResponse.setHeaders(response, { ...head, ...response.headers }) : response
}
