/** `openrouter-images generate`: the request of a command line, its pictures as files. */
import * as Effect from "effect/Effect"
import type { GenerateOptions } from "./GenerateOptions.js"
import { produce } from "./Produce.js"
import { toRequest } from "./RequestOptions.js"

/** Makes the pictures that the options ask for. */
export const generate = (options: GenerateOptions) =>
  Effect.flatMap(toRequest(options), (request) => produce(request, options))
