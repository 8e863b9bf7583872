// The service that `SketchImageModel` asks. It costs nothing, and writes what it was asked for on paper.
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Effect, Schema } from "effect"
import { Markup } from "effect-openrouter-images"

const Order = Schema.Struct({
  prompt: Schema.NonEmptyString,
  width: Schema.Positive,
  height: Schema.Positive,
  seed: Schema.optional(Schema.Number)
})

const sketch = ({ height, prompt, width }: typeof Order.Type): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
  `<rect width="100%" height="100%" fill="#faf6ea"/>` +
  `<text x="50%" y="50%" text-anchor="middle" font-size="${width / 24}">${Markup.escapeHtml(prompt)}</text></svg>`

/** The service as a program that wants a server to run on. */
export const SketchServerLive = HttpRouter.empty.pipe(
  HttpRouter.post(
    "/sketches",
    Effect.map(HttpServerRequest.schemaBodyJson(Order), (order) =>
      HttpServerResponse.text(sketch(order), { contentType: "image/svg+xml" })
    )
  ),
  Effect.catchTag("ParseError", ({ message }) => HttpServerResponse.json({ message }, { status: 400 })),
  HttpServer.serve()
)
