/** What an agent may have meant that names a model which there is not. */
import * as Effect from "effect/Effect"
import type { Images } from "effect-openrouter-images"
import { suggestion } from "../../../cli/src/commands/catalog/UnknownModel.js"
import type * as Words from "../Words.js"
import * as Report from "./Report.js"

/** What to know beside a failure, if it is about the model's name. */
export const rowsOf = (model: string, error: Words.Failure): Effect.Effect<Words.Rows, never, Images.Images> =>
  Effect.map(suggestion(model, error), (words) => [["model", words]])

/** A failure about the model's name becomes an answer that says which models may be meant. */
export const answering =
  (model: string) =>
  <E extends Words.Failure, R>(
    effect: Effect.Effect<Report.Answer, E, R>
  ): Effect.Effect<Report.Answer, E, R | Images.Images> =>
    Effect.catchAll(effect, (error: E) =>
      Effect.flatMap(suggestion(model, error), (words) =>
        words === undefined ? Effect.fail(error) : Effect.succeed(Report.failed(error, [["model", words]]))
      )
    )
