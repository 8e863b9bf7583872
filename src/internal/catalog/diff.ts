/** What changed between two catalogues. */
import type { CatalogEntry, CatalogSnapshot } from "../../Schema/CatalogSnapshot.js"
import type { ImageEndpoint } from "../../Schema/ImageEndpoint.js"
import type { CapabilityDescriptor, SupportedParameters } from "../../Schema/SupportedParameters.js"
import { present } from "../schema/present.js"
import type { CapabilityChange, Change } from "./change.js"
import { pair } from "./pair.js"
import { priceChanges } from "./priceChanges.js"

const supported: CapabilityDescriptor = { type: "boolean" }

const capabilitiesOf = (endpoint: ImageEndpoint): SupportedParameters => ({
  ...endpoint.supportedParameters,
  ...(endpoint.supportsStreaming ? { streaming: supported } : {}),
  ...Object.fromEntries(
    endpoint.allowedPassthroughParameters.map((name) => [`provider.options.${name}`, supported] as const)
  )
})

/** The order of values says nothing. */
const identityOf = (descriptor: CapabilityDescriptor): string =>
  JSON.stringify(descriptor.type === "enum" ? [...new Set(descriptor.values)].sort() : descriptor)

const capabilityChanges = (
  model: string,
  before: ImageEndpoint,
  after: ImageEndpoint
): ReadonlyArray<CapabilityChange> =>
  pair(Object.entries(capabilitiesOf(before)), Object.entries(capabilitiesOf(after)), ([name]) => name).flatMap(
    (sides): ReadonlyArray<CapabilityChange> => {
      const [parameter] = sides.after ?? sides.before
      const [old, now] = [sides.before?.[1], sides.after?.[1]]
      if (old !== undefined && now !== undefined && identityOf(old) === identityOf(now)) return []
      return [{ _tag: "CapabilityChanged", model, endpoint: after, parameter, ...present({ before: old, after: now }) }]
    }
  )

/** A provider may serve a model at several endpoints, which differ in their tags. */
const keyOf = ({ providerSlug, providerTag }: ImageEndpoint): string => providerTag ?? providerSlug

const entryChanges = (before: CatalogEntry, after: CatalogEntry): ReadonlyArray<Change> => {
  const model = after.model.id
  return pair(before.endpoints, after.endpoints, keyOf).flatMap((sides): ReadonlyArray<Change> => {
    if (sides.before === undefined) return [{ _tag: "NewEndpoint", model, endpoint: sides.after }]
    if (sides.after !== undefined)
      return [...priceChanges(model, sides.before, sides.after), ...capabilityChanges(model, sides.before, sides.after)]
    return after.faults === undefined ? [{ _tag: "GoneEndpoint", model, endpoint: sides.before }] : []
  })
}

const idOf = ({ model }: CatalogEntry): string => model.id

/** What is missing in a list of which a part could not be read is not known to be gone. */
export const diff = (before: CatalogSnapshot, after: CatalogSnapshot): ReadonlyArray<Change> =>
  pair(before.entries, after.entries, idOf).flatMap((sides): ReadonlyArray<Change> => {
    if (sides.before === undefined) return [{ _tag: "NewModel", model: idOf(sides.after), entry: sides.after }]
    if (sides.after !== undefined) return entryChanges(sides.before, sides.after)
    return after.faults === undefined ? [{ _tag: "GoneModel", model: idOf(sides.before), entry: sides.before }] : []
  })

const mergeEntries = (before: CatalogEntry, after: CatalogEntry): CatalogEntry => {
  if (after.faults === undefined) return after
  const sides = pair(before.endpoints, after.endpoints, keyOf)
  return { ...after, endpoints: sides.map((both) => both.after ?? both.before) }
}

/** What the next catalogue is compared with. Nothing is forgotten that `after` may only have failed to read. */
export const merge = (before: CatalogSnapshot, after: CatalogSnapshot): CatalogSnapshot => {
  const merged = pair(before.entries, after.entries, idOf).flatMap((sides) => {
    if (sides.after === undefined) return after.faults === undefined ? [] : [sides.before]
    return [sides.before === undefined ? sides.after : mergeEntries(sides.before, sides.after)]
  })
  return { ...after, entries: merged }
}
