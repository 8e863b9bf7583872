/** Changes of the catalogue for people and programs. */
import type { Catalog, ImagesSchema } from "effect-openrouter-images"
import type { Column } from "../../output/Table.js"
import { amountOf, price } from "./Price.js"

type Change = Catalog.Change

/** In the order of the rows. */
const titles: Readonly<Record<Change["_tag"], string>> = {
  NewModel: "new",
  GoneModel: "gone",
  NewEndpoint: "new endpoint",
  GoneEndpoint: "endpoint gone",
  Dearer: "dearer",
  Cheaper: "cheaper",
  PriceUnknown: "price unknown",
  PriceKnown: "price known",
  CapabilityChanged: "capability"
}

const order = Object.keys(titles)

const providerOf = (change: Change): string =>
  "endpoint" in change ? (change.endpoint.providerTag ?? change.endpoint.providerSlug) : ""

const parameterOf = (change: Change): string => ("parameter" in change ? change.parameter : "")

const byName = (one: string, other: string): number => one.localeCompare(other, "en")

/** By kind, then by model, provider and parameter. */
export const sort = (changes: ReadonlyArray<Change>): ReadonlyArray<Change> =>
  [...changes].sort(
    (a, b) =>
      order.indexOf(a._tag) - order.indexOf(b._tag) ||
      byName(a.model, b.model) ||
      byName(providerOf(a), providerOf(b)) ||
      byName(parameterOf(a), parameterOf(b))
  )

const capability = (descriptor: ImagesSchema.CapabilityDescriptor): string => {
  switch (descriptor.type) {
    case "enum":
      return descriptor.values.join(", ") || "no value"
    case "range":
      return `${descriptor.min} to ${descriptor.max}`
    case "boolean":
      return "supported"
    case "unknown":
      return JSON.stringify(descriptor.descriptor)
  }
}

const orUnsupported = (descriptor: ImagesSchema.CapabilityDescriptor | undefined): string =>
  descriptor === undefined ? "not supported" : capability(descriptor)

const pricesOf = (endpoint: ImagesSchema.ImageEndpoint): string =>
  endpoint.pricing.map(price).join(", ") || "unknown price"

const detail = (change: Change): string => {
  switch (change._tag) {
    case "NewModel":
      return change.entry.endpoints.map((one) => `${one.providerName} ${pricesOf(one)}`).join("; ") || "no endpoint"
    case "GoneModel":
      return change.entry.model.name
    case "NewEndpoint":
    case "GoneEndpoint":
      return pricesOf(change.endpoint)
    case "Dearer":
    case "Cheaper":
      return `${price({ ...change, costUsd: change.afterUsd })}, was ${amountOf({ ...change, costUsd: change.beforeUsd })}`
    case "PriceUnknown":
      return `was ${price({ ...change, costUsd: change.beforeUsd })}`
    case "PriceKnown":
      return price({ ...change, costUsd: change.afterUsd })
    case "CapabilityChanged":
      return `${change.parameter}: ${orUnsupported(change.after)}, was ${orUnsupported(change.before)}`
  }
}

export const columns: ReadonlyArray<Column<Change>> = [
  { title: "CHANGE", cell: ({ _tag }) => titles[_tag] },
  { title: "MODEL", cell: ({ model }) => model },
  { title: "PROVIDER", cell: (change) => ("endpoint" in change ? change.endpoint.providerName : "-") },
  { title: "NOW", cell: detail }
]

/** Of an endpoint, which one it is. Models and endpoints themselves are in the saved file. */
export const document = (change: Change): object => {
  if ("entry" in change) return { _tag: change._tag, model: change.model, name: change.entry.model.name }
  const { providerName, providerSlug, providerTag } = change.endpoint
  return { ...change, endpoint: { providerName, providerSlug, providerTag } }
}
