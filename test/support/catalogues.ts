/** Catalogues for tests, and an emulator that shows them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Catalog, ImagesSchema } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

type Endpoint = ImagesSchema.ImageEndpoint

export const perPicture = (costUsd: number, variant?: string): ImagesSchema.ImagePricingEntry => ({
  ...{ billable: "output_image", unit: "image", costUsd },
  ...(variant === undefined ? {} : { variant })
})

export const endpoint = (name: string, pricing: Endpoint["pricing"], more: Partial<Endpoint> = {}): Endpoint => ({
  ...{ providerName: name, providerSlug: name.toLowerCase(), providerTag: null, supportedParameters: {} },
  ...{ allowedPassthroughParameters: [], supportsStreaming: false, pricing },
  ...more
})

export const entry = (id: string, ...endpoints: ReadonlyArray<Endpoint>): ImagesSchema.CatalogEntry => ({
  model: {
    ...{ id, name: id, description: "A model", created: 1764633600, supportedParameters: {}, supportsStreaming: false },
    architecture: { inputModalities: ["text"], outputModalities: ["image"] },
    endpoints: `/api/v1/images/models/${id}/endpoints`
  },
  endpoints
})

export const catalogue = (...entries: ReadonlyArray<ImagesSchema.CatalogEntry>): Catalog.Snapshot => ({
  takenAtMillis: 0,
  entries
})

const json = (text: string) =>
  ({ _tag: "Status", status: 200, text, headers: { "content-type": "application/json" } }) as const

const encodeList = Schema.encodeSync(Schema.parseJson(ImagesSchema.ImageModelsListResponse))
const encodeEndpoints = Schema.encodeSync(Schema.parseJson(ImagesSchema.ImageModelEndpointsResponse))

/** The next look at the emulator finds these models. */
export const showing = (...entries: ReadonlyArray<ImagesSchema.CatalogEntry>) =>
  Effect.flatMap(Emulator.Emulator, (emulator) =>
    emulator.script([
      json(encodeList({ data: entries.map(({ model }) => model) })),
      ...entries.map(({ endpoints, model }) => json(encodeEndpoints({ id: model.id, endpoints })))
    ])
  )
