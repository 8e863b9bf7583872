/** Which providers may serve a request, as options. */
import type * as Command from "@effect/cli/Command"
import { ImagesSchema } from "effect-openrouter-images"
import * as Flag from "./Flag.js"

type Preferences = ImagesSchema.ImageGenerationProviderPreferences

export const config = {
  providerOnly: Flag.names("provider-only", "Only these providers, by name or slug"),
  providerOrder: Flag.names("provider-order", "These providers first, in this order"),
  providerIgnore: Flag.names("provider-ignore", "Never these providers"),
  providerSort: Flag.text(
    "provider-sort",
    "BY",
    `Sort the providers by this, such as ${ImagesSchema.ProviderSort.known.join(", ")}; price/none mixes the models`
  ),
  providerOptions: Flag.json("provider-options", 'Options for the providers, by slug: {"seed": {"watermark": false}}'),
  noFallbacks: Flag.toggle("no-fallbacks", "Use no other provider when the first one fails")
}

/** The options as they were given. */
export type ProviderOptions = Command.Command.ParseConfig<typeof config>

/** `price`, or `price/none` with the partition. */
const sortOf = (text: string): Preferences["sort"] => {
  const [by, partition] = text.split("/")
  return partition === undefined ? by : { by, partition }
}

/** Nothing where no option is given. */
export const toPreferences = (options: ProviderOptions): Preferences | undefined => {
  const { noFallbacks, providerIgnore, providerOnly, providerOptions, providerOrder, providerSort } = options
  const preferences = {
    ...(providerOnly === undefined ? {} : { only: providerOnly }),
    ...(providerOrder === undefined ? {} : { order: providerOrder }),
    ...(providerIgnore === undefined ? {} : { ignore: providerIgnore }),
    ...(providerSort === undefined ? {} : { sort: sortOf(providerSort) }),
    ...(noFallbacks ? { allowFallbacks: false } : {}),
    // What the library knows of their types is for the editor
    ...(providerOptions === undefined ? {} : { options: providerOptions as ImagesSchema.ProviderOptions })
  }
  return Object.keys(preferences).length === 0 ? undefined : preferences
}

/** The options that make such preferences, as they are typed; a switch stands alone. */
export const toTyped = ({ allowFallbacks, ignore, only, options, order, sort }: Preferences) => ({
  providerOnly: only?.join(","),
  providerOrder: order?.join(","),
  providerIgnore: ignore?.join(","),
  providerSort: typeof sort === "string" ? sort : sort ? [sort.by, sort.partition].join("/") : undefined,
  providerOptions: options === undefined ? undefined : JSON.stringify(options),
  noFallbacks: allowFallbacks === false ? true : undefined
})
