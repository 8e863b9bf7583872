/** The parts of a recorded model: its id, its parameters, and who serves it at which prices. */
import {
  type Answers,
  type CatalogueEntry,
  type Endpoint,
  type EndpointOptions,
  endpoint,
  entry,
  type Parameters,
  type Price,
  values
} from "./Entry.js"

/** Aspect ratios, with a space between them. */
export const ratios = (text: string): Parameters[string] => values(...text.split(" "))

/** Who serves a model, at which prices. */
export interface Provider {
  readonly name: string
  readonly pricing: ReadonlyArray<Price>
  readonly more: EndpointOptions
}

export const by = (name: string, pricing: ReadonlyArray<Price>, more: EndpointOptions = {}): Provider => ({
  name,
  pricing,
  more
})

/** A model whose endpoints all support the same parameters. */
export const model = (
  id: string,
  name: string,
  created: number,
  supportedParameters: Parameters,
  providers: ReadonlyArray<Provider>,
  answers: Partial<Answers> = {}
): CatalogueEntry => {
  const architecture = id.startsWith("google/")
    ? { inputModalities: ["image", "text"], outputModalities: ["image", "text"] }
    : { inputModalities: ["text", "image"], outputModalities: ["image"] }
  return entry(
    { id, name, description: name, created, architecture, supportedParameters },
    providers.map(({ more, name, pricing }): Endpoint => endpoint(name, pricing, supportedParameters, more)),
    answers
  )
}
