import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Images } from "effect-openrouter-images"
import { withFault } from "../../../support/emulated.js"
import { expectSame, request, streamed } from "./support/outcomes.js"
import { recordAndReplay, server } from "./support/taping.js"

layer(server, { excludeTestServices: true })("a replay ends as the recorded call did, after", (it) => {
  const faults: Readonly<Record<string, object>> = {
    ...Object.fromEntries(
      [400, 401, 402, 403, 404, 413, 418, 429, 500, 502, 503, 504, 524, 529].map((status) => [
        `HTTP ${status}`,
        { _tag: "Status", status, error: { metadata: { provider_name: "Acme" } }, headers: { "retry-after": "3" } }
      ])
    ),
    "an error in a success": { _tag: "Status", status: 402, httpStatus: 200 },
    "a page": { _tag: "Status", status: 502, body: "html" },
    "an empty body": { _tag: "Status", status: 500, body: "empty" },
    "an error that is cut": { _tag: "Status", status: 429, body: "cut" },
    "a redirect": { _tag: "Status", status: 307, text: "", headers: { location: "https://elsewhere.example/x" } },
    "moderation as recorded": { _tag: "Recorded", as: "moderation" },
    "a reset before the head": { _tag: "Reset", at: "head", afterCompletion: true },
    "a reset at once": { _tag: "Reset", at: "body", bytes: 0 },
    "a reset within the body": { _tag: "Reset", at: "body", afterCompletion: true },
    "a reset within the first line": { _tag: "Reset", at: "body", bytes: 37, afterCompletion: true },
    "no JSON": { _tag: "Corrupt", how: "notJson" },
    "JSON that is cut": { _tag: "Corrupt", how: "cutJson" },
    "bad base64": { _tag: "Corrupt", how: "badBase64" },
    nothing: { _tag: "Corrupt", how: "empty" },
    "a data URL": { _tag: "Edit", how: "dataUrl" },
    "base64 in lines": { _tag: "Edit", how: "wrapped" },
    "base64 for URLs": { _tag: "Edit", how: "urlSafe" },
    "keep-alives and small pieces": { _tag: "Pace", keepAlives: 5, chunkBytes: 9001 },
    "an error event": { _tag: "Stream", how: "error" },
    "an early end": { _tag: "Stream", how: "endEarly" },
    strangers: { _tag: "Stream", how: "strangers" },
    "lines that end with CR": { _tag: "Stream", lineEnds: "cr" },
    "events on several lines after a byte order mark": { _tag: "Stream", severalLines: true, byteOrderMark: true }
  }
  for (const [name, fault] of Object.entries(faults)) {
    it.scoped(`${name}`, () =>
      Effect.gen(function* () {
        expectSame(yield* recordAndReplay(Images.generate(request, withFault(fault))))
        expectSame(yield* recordAndReplay(streamed(withFault(fault))))
      })
    )
  }

  it.scoped("silence, until the caller's own timeout", () =>
    Effect.gen(function* () {
      for (const at of ["head", "body"]) {
        const silent = withFault({ _tag: "Stall", at, bytes: 10, afterCompletion: true })
        const outcomes = yield* recordAndReplay(Images.generate(request, { ...silent, timeout: "2 seconds" }))
        expect(outcomes.recorded).toMatchObject({ _tag: "RequestTimeoutError" })
        expectSame(outcomes)
      }
    })
  )
})
