/** `openrouter-images generate`: the request of a command line, its pictures as files. */
import * as Effect from "effect/Effect"
import type { GenerateOptions } from "../../options/OutputOptions.js"
import { toRequest } from "../../options/RequestOptions.js"
import { produce } from "./Produce.js"

/** Makes the pictures that the options ask for. */
export const generate = (options: GenerateOptions) =>
  Effect.flatMap(toRequest(options), (request) => produce(request, options))
