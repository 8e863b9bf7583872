/** `generation_cost`: what a generation cost, asked afterwards. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { Generations } from "effect-openrouter-images"
import { rows } from "../../../cli/src/commands/cost/Report.js"
import * as Report from "../drawing/Report.js"
import * as Words from "../Words.js"
import * as Tool from "./Tool.js"

/** One question, at once: an agent can ask again. */
const once = Schedule.recurs(1)

export const generationCost = Tool.register({
  name: "generation_cost",
  title: "Say what a generation cost",
  description:
    "Says what a generation cost, also when its answer was lost. Records appear minutes after a generation: where " +
    "there is none yet, nothing is proven, and you can ask again later. Costs nothing.",
  readOnly: true,
  parameters: Schema.Struct({
    generation_id: Schema.String.pipe(Schema.minLength(1), Schema.maxLength(200)).annotations({
      title: "Generation",
      description: "The id of a generation, as `generate` or an error says it"
    })
  }),
  run: ({ generation_id }) =>
    Effect.map(Generations.settle(generation_id, { schedule: once }), (settlement) =>
      Report.text(Words.lines(rows({ generationId: generation_id, files: [], settlement })))
    )
})
