/** `generate` and `edit`: the tools that draw. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { draw } from "../drawing/Draw.js"
import * as Parameters from "./Parameters.js"
import * as Tool from "./Tool.js"

const { File, Prompt, references, shape, toRequest } = Parameters

const costs =
  "It costs money, from a budget that only the person can raise. `quote` says beforehand what it may cost. " +
  "Above a price that the person has set, they are asked first. The answer has the path, the size and the cost of " +
  "each picture, and a small preview. Do not repeat a call that failed before you have read what it cost."

export const generate = Tool.register({
  name: "generate",
  title: "Make pictures",
  description: `Makes pictures from a prompt, and saves them as files. ${costs}`,
  readOnly: false,
  parameters: Schema.Struct({ prompt: Prompt, ...shape, references }),
  run: ({ prompt, references, ...shape }) => Effect.flatMap(toRequest(prompt, shape, references), draw)
})

export const edit = Tool.register({
  name: "edit",
  title: "Change a picture",
  description:
    "Makes a picture from one that is there and a prompt that says what to change. The original stays as it is. " +
    costs,
  readOnly: false,
  parameters: Schema.Struct({ picture: File, prompt: Prompt, ...shape }),
  run: ({ picture, prompt, ...shape }) => Effect.flatMap(toRequest(prompt, shape, [picture]), draw)
})
