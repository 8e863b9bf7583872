/** `openrouter-images regenerate`: sends the request of a picture again, with changes. */

import * as Args from "@effect/cli/Args"
import * as Effect from "effect/Effect"
import type { ImagesSchema, Provenance } from "effect-openrouter-images"
import * as Connection from "../../Connection.js"
import { FileError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import * as OutputOptions from "../../options/OutputOptions.js"
import * as Picture from "../../options/Picture.js"
import * as Prompt from "../../options/Prompt.js"
import * as RequestOptions from "../../options/RequestOptions.js"
import * as Print from "../../output/Print.js"
import { pluralize } from "../../output/Text.js"
import * as Command from "../Command.js"
import { produce } from "./Produce.js"

type Request = ImagesSchema.ImageGenerationRequest

const config = {
  file: Args.text({ name: "FILE" }).pipe(
    Args.withDescription("A picture that `generate` or `batch` saved with its provenance")
  ),
  prompt: Flag.text("prompt", "TEXT", "Another prompt; - reads it from stdin"),
  model: Flag.text("model", "ID", "Another model"),
  ...RequestOptions.shape,
  ...OutputOptions.config
}

/** The options as they were given. */
export type RegenerateOptions = Command.Options<typeof config>

/** The fields that the options change; `undefined` changes nothing. */
type Changes = { readonly [K in keyof Request]?: Request[K] | undefined }

const pickDefined = (fields: Changes): Partial<Request> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** Pixels and tiers contradict each other: a new size replaces the old one. */
const dropOldSize = (request: Request, changes: Partial<Request>): Request => {
  const { aspectRatio, resolution, size, ...rest } = request
  if (changes.size !== undefined) return rest
  const isOther = changes.aspectRatio !== undefined || changes.resolution !== undefined
  return isOther ? { ...rest, aspectRatio, resolution } : request
}

/** The request with the changes; provider preferences are merged one by one. */
export const applyChanges = (request: Request, changes: Changes): Request => {
  const wanted = pickDefined(changes)
  const provider = wanted.provider === undefined ? request.provider : { ...request.provider, ...wanted.provider }
  return { ...dropOldSize(request, wanted), ...wanted, ...(provider === undefined ? {} : { provider }) }
}

/** Fails if references are missing: without them the request makes another picture. */
const checkReferences = ({ missingReferences }: Provenance.Provenance, { file, reference }: RegenerateOptions) =>
  missingReferences === 0 || reference.length > 0
    ? Effect.void
    : Effect.fail(
        new FileError({
          problem: `${file} was made from ${pluralize(missingReferences, "reference")} that the file does not hold.`,
          cost: "Nothing was billed.",
          advice: "Give all of them again with --reference."
        })
      )

/** Sends the request of a picture again, for one picture unless `-n` says how many, and saves new files. */
export const regenerate = (options: RegenerateOptions) =>
  Effect.gen(function* () {
    const provenance = yield* Picture.provenanceOf(options.file)
    yield* checkReferences(provenance, options)
    const { model } = options
    const prompt = options.prompt === undefined ? undefined : yield* Prompt.read(options.prompt)
    const fields = yield* RequestOptions.toFields(options)
    const { n: _, ...before } = provenance.request
    const request = applyChanges(before, { model, prompt, ...fields })
    yield* Print.note([
      ["again", request.prompt],
      ["by", request.model],
      ...(request.n === undefined || request.n === 1 ? [] : [["pictures", String(request.n)] as const])
    ])
    yield* produce(request, options)
  })

export const command = Command.make({
  name: "regenerate",
  summary: "Repeat the request that made a picture, with other options",
  usage: "[options] <FILE>",
  stdout: OutputOptions.stdout,
  examples: [
    "openrouter-images regenerate pictures/a-red-panda.png --seed 8",
    "openrouter-images regenerate pictures/a-red-panda.png --model krea/krea-2 --show"
  ],
  config,
  run: (options) => Effect.provide(regenerate(options), Connection.layer(options.emulator, "pictures"))
})
