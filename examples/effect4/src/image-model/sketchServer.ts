// The service that `SketchImageModel` asks. It costs nothing, and writes what it was asked for on paper.
import { Effect, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Markup } from "effect-openrouter-images"

const Pixels = Schema.Int.check(Schema.isGreaterThan(0))

const Order = Schema.Struct({
  prompt: Schema.NonEmptyString,
  width: Pixels,
  height: Pixels,
  seed: Schema.optional(Schema.Int)
})

const sketch = ({ height, prompt, width }: typeof Order.Type): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
  `<rect width="100%" height="100%" fill="#faf6ea"/>` +
  `<text x="50%" y="50%" text-anchor="middle" font-size="${width / 24}">${Markup.escapeHtml(prompt)}</text></svg>`

const SketchRoute = HttpRouter.add(
  "POST",
  "/sketches",
  HttpServerRequest.schemaBodyJson(Order).pipe(
    Effect.map((order) => HttpServerResponse.text(sketch(order), { contentType: "image/svg+xml" })),
    Effect.catchTag("SchemaError", ({ message }) =>
      Effect.succeed(HttpServerResponse.jsonUnsafe({ message }, { status: 400 }))
    )
  )
)

/** The service as a program that wants a server to run on. */
export const SketchServerLive = HttpRouter.serve(SketchRoute, { disableListenLog: true, disableLogger: true })
