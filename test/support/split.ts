/** A split over the emulator, whose catalogue says how many pictures a call makes. */
import { Effect, Layer } from "effect"
import { Catalog, type Client, type Images, type ImagesSchema, Split } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { emulated } from "./emulated.js"

/** A picture costs 4 cents. The emulator takes up to ten of them in a call. */
export const seedream: ImagesSchema.ImageGenerationRequest = {
  model: "bytedance-seed/seedream-5-lite",
  prompt: "a red panda",
  size: "32x32",
  provider: { only: ["seed"] },
  seed: 7
}

/** The emulator's catalogue, in which each endpoint makes at most this many pictures in a call. It has a server of its own. */
export const catalogOf = (limit: number): Layer.Layer<Catalog.Catalog> =>
  Layer.effect(
    Catalog.Catalog,
    Effect.map(Catalog.Catalog, (catalog): Catalog.Service => {
      const n = { type: "range", min: 1, max: limit } as const
      return {
        ...catalog,
        endpoints: (model) =>
          Effect.map(catalog.endpoints(model), (endpoints) =>
            endpoints.map((one) => ({ ...one, supportedParameters: { ...one.supportedParameters, n } }))
          )
      }
    })
  ).pipe(Layer.provide(Catalog.layer()), Layer.provide(Layer.fresh(emulated())))

export const dividing = (
  limit: number,
  options?: Split.Options
): Layer.Layer<Images.Images | Client.OpenRouterClient | Emulator.Emulator | Catalog.Catalog> =>
  Split.layer(options).pipe(Layer.provideMerge(catalogOf(limit)), Layer.provideMerge(emulated()))

export const script = (steps: Parameters<Emulator.Service["script"]>[0]) =>
  Effect.flatMap(Emulator.Emulator, (emulator) => emulator.script(steps))

export const refused = { _tag: "Status", status: 429 } as const
/** Billed, and lost on its way. */
export const lost = { _tag: "Reset", at: "head", afterCompletion: true } as const
