/** `openrouter-images generate`: the request of a command line, its pictures as files. */
import * as Effect from "effect/Effect"
import * as Connection from "../../Connection.js"
import * as OutputOptions from "../../options/OutputOptions.js"
import * as RequestOptions from "../../options/RequestOptions.js"
import * as Command from "../Command.js"
import { produce } from "./Produce.js"

const config = { ...RequestOptions.config, ...OutputOptions.config }

/** The options as they were given. */
export type GenerateOptions = Command.Options<typeof config>

/** Makes the pictures that the options ask for. */
export const generate = (options: GenerateOptions) =>
  Effect.flatMap(RequestOptions.toRequest(options), (request) => produce(request, options))

export const command = Command.make({
  name: "generate",
  summary: "Make pictures from a prompt and save them",
  usage: "[options] [prompt]",
  stdout: OutputOptions.stdout,
  examples: [
    "openrouter-images generate 'a red panda' --aspect-ratio 16:9 -n 2 --budget 0.20",
    "openrouter-images generate 'the same, at dusk' --reference panda.png --model openai/gpt-image-1 --stream"
  ],
  config,
  run: (options) => Effect.provide(generate(options), Connection.layer(options.emulator, "pictures"))
})
