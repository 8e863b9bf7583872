/** `--supports`: parameters and their values as criteria for endpoints. */
import * as Effect from "effect/Effect"
import type { ImagesSchema } from "effect-openrouter-images"
import { UsageError } from "../../failure/Failure.js"

type Endpoint = Pick<ImagesSchema.ImageEndpoint, "supportedParameters" | "supportsStreaming">

export interface Supports {
  /** The values in the shape of a request, for the price. */
  readonly parameters: Partial<ImagesSchema.ImageGenerationRequest>
  /** Whether an endpoint takes the parameters that have no value. */
  readonly accepts: (endpoint: Endpoint) => boolean
}

const text = (value: string): string => value

/** The wire's name of each parameter that has a value in a request, with the field and how it is read. */
const readers: Readonly<Record<string, readonly [field: string, read: (value: string) => string | number]>> = {
  n: ["n", Number],
  aspect_ratio: ["aspectRatio", text],
  resolution: ["resolution", text],
  size: ["size", text],
  quality: ["quality", text],
  output_format: ["outputFormat", text],
  background: ["background", text],
  output_compression: ["outputCompression", Number],
  seed: ["seed", Number]
}

/** `aspect-ratio`, `aspectRatio` and `aspect_ratio` are one; `reference` is the option for `input_references`. */
const wireName = (name: string): string => {
  const wire = name.replaceAll("-", "_").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return wire === "reference" ? "input_references" : wire
}

const names = [...Object.keys(readers).map((name) => name.replaceAll("_", "-")), "reference"]

const refusal = (given: string, problem: string): UsageError =>
  new UsageError({
    problem: `--supports ${given}: ${problem}.`,
    advice: `These take a value: ${names.join(", ")}. Without one, name anything that an endpoint lists, or streaming.`
  })

const holds = (descriptor: ImagesSchema.CapabilityDescriptor | undefined, count: number): boolean =>
  descriptor !== undefined && (descriptor.type !== "range" || (descriptor.min <= count && count <= descriptor.max))

const parseOne = (given: string): Effect.Effect<Supports, UsageError> => {
  const [name = "", ...rest] = given.split("=")
  const wire = wireName(name.trim())
  const value = rest.join("=").trim()
  if (wire === "") return Effect.fail(refusal(given, "it names no parameter"))
  if (rest.length === 0) {
    const accepts = (endpoint: Endpoint): boolean =>
      wire === "streaming" ? endpoint.supportsStreaming : Object.hasOwn(endpoint.supportedParameters, wire)
    return Effect.succeed({ parameters: {}, accepts })
  }
  if (wire === "input_references" && /^\d+$/.test(value)) {
    const accepts = ({ supportedParameters }: Endpoint): boolean => holds(supportedParameters[wire], Number(value))
    return Effect.succeed({ parameters: {}, accepts })
  }
  const reader = Object.hasOwn(readers, wire) ? readers[wire] : undefined
  if (reader === undefined || value === "") return Effect.fail(refusal(given, "it takes no such value"))
  const [field, read] = reader
  const parsed = read(value)
  if (Number.isNaN(parsed)) return Effect.fail(refusal(given, "the value must be a number"))
  return Effect.succeed({
    parameters: { [field]: parsed },
    accepts: ({ supportedParameters }) => Object.hasOwn(supportedParameters, wire)
  })
}

/** All of them together. */
export const parse = (given: ReadonlyArray<string>): Effect.Effect<Supports, UsageError> =>
  Effect.map(Effect.forEach(given, parseOne), (all) => ({
    parameters: Object.assign({}, ...all.map(({ parameters }) => parameters)),
    accepts: (endpoint) => all.every(({ accepts }) => accepts(endpoint))
  }))
