/**
 * Models that the emulator makes up, with invented prices: what the recorded ones do not show, such as sizes in pixels,
 * a stream of them, several providers at different prices, one that is free of charge, fonts, and a price by the
 * request.
 */
import type { ImagesSchema } from "effect-openrouter-images"
import {
  type Answers,
  type CatalogueEntry,
  type Endpoint,
  endpoint,
  entry,
  type Parameters,
  perImage,
  price,
  range,
  supported,
  undatedJpeg,
  values
} from "./Entry.js"

/** What at least one endpoint supports: the values of enumerations together, the widest range. */
const union = (endpoints: ReadonlyArray<Endpoint>): Parameters => {
  const all: Record<string, ImagesSchema.CapabilityDescriptor> = {}
  for (const [name, descriptor] of endpoints.flatMap((one) => Object.entries(one.supportedParameters))) {
    const known = all[name]
    if (known?.type === "enum" && descriptor.type === "enum") {
      all[name] = values(...new Set([...known.values, ...descriptor.values]))
    } else if (known?.type === "range" && descriptor.type === "range") {
      all[name] = range(Math.min(known.min, descriptor.min), Math.max(known.max, descriptor.max))
    } else all[name] = descriptor
  }
  return all
}

const model = (
  id: string,
  name: string,
  description: string,
  created: number,
  endpoints: ReadonlyArray<Endpoint>,
  answers: Partial<Answers> = {}
): CatalogueEntry => {
  const supportedParameters = union(endpoints)
  const inputModalities = "input_references" in supportedParameters ? ["text", "image"] : ["text"]
  const architecture = { inputModalities, outputModalities: ["image"] }
  return entry({ id, name, description, created, architecture, supportedParameters }, endpoints, answers)
}

const commonRatios = values("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
const raster = values("png", "jpeg", "webp")

const seedream: Parameters = {
  resolution: values("1K", "2K", "4K"),
  aspect_ratio: commonRatios,
  size: supported,
  n: range(1, 10),
  seed: supported,
  output_format: raster,
  output_compression: range(0, 100),
  input_references: range(0, 10)
}

const gemini: Parameters = { aspect_ratio: commonRatios, n: range(1, 4), input_references: range(0, 3) }

const gpt: Parameters = {
  size: supported,
  resolution: values("1K"),
  aspect_ratio: values("1:1", "3:2", "2:3", "auto"),
  quality: values("auto", "low", "medium", "high"),
  background: values("auto", "transparent", "opaque"),
  output_format: raster,
  output_compression: range(0, 100),
  n: range(1, 10),
  input_references: range(0, 16)
}

const flux: Parameters = {
  resolution: values("512", "1K", "2K"),
  aspect_ratio: commonRatios,
  size: supported,
  seed: supported,
  output_format: raster,
  input_references: range(0, 8)
}

const vector: Parameters = { aspect_ratio: commonRatios, output_format: values("svg"), n: range(1, 6), seed: supported }

const gptTokens = [
  price("input_text", "token", 0.000002),
  price("input_image", "token", 0.0000025),
  price("output_image", "token", 0.000008)
]

export const invented: ReadonlyArray<CatalogueEntry> = [
  model(
    "bytedance-seed/seedream-5-lite",
    "Seedream 5 Lite",
    "Sizes in pixels and every format; two providers at different prices.",
    1764633600,
    [
      endpoint("Seed", [perImage(0.04)], seedream, { passthrough: ["watermark", "sequential_image_generation"] }),
      endpoint("BytePlus", [perImage(0.045), perImage(0.06, "4k")], seedream)
    ]
  ),
  model("bytedance-seed/seedream-4.0", "Seedream 4.0", "The generation before, at a lower price.", 1757376000, [
    endpoint("Seed", [perImage(0.03)], { ...seedream, input_references: range(0, 6) })
  ]),
  model("google/gemini-2.5-flash-image", "Gemini 2.5 Flash Image", "Quick conversational editing.", 1759795200, [
    endpoint(
      "Google AI Studio",
      [price("input_text", "token", 0.0000003), price("output_image", "token", 0.00003)],
      gemini
    ),
    endpoint("Google", [price("input_text", "token", 0.0000003), price("output_image", "token", 0.00003)], gemini, {
      tag: null
    })
  ]),
  model("openai/gpt-image-1-mini", "GPT Image 1 Mini", "The small one: previews, low price.", 1759708800, [
    endpoint("OpenAI", gptTokens, { ...gpt, input_references: range(0, 4) }, { streaming: true })
  ]),
  model(
    "black-forest-labs/flux.2-flex",
    "FLUX.2 Flex",
    "Steps and guidance are yours to set.",
    1764028801,
    [
      endpoint(
        "Black Forest Labs",
        [price("output_image", "megapixel", 0.06), price("input_image", "megapixel", 0.03)],
        flux,
        {
          passthrough: ["steps", "guidance"]
        }
      ),
      endpoint("Together", [price("output_image", "megapixel", 0.065)], { ...flux, resolution: values("512", "1K") })
    ],
    undatedJpeg
  ),
  model(
    "black-forest-labs/flux.2-klein-4b",
    "FLUX.2 Klein 4B",
    "Small and fast; one provider gives it away.",
    1768435200,
    [
      endpoint("DeepInfra", [perImage(0)], { ...flux, n: range(1, 4) }),
      endpoint("Fireworks", [perImage(0.0014)], { ...flux, n: range(1, 4) }, { streaming: true })
    ],
    undatedJpeg
  ),
  model("recraft/recraft-v4-svg", "Recraft V4 Vector", "Vector graphics: the answer is SVG.", 1770854400, [
    endpoint("Recraft", [perImage(0.08), price("input_font", "request", 0.01)], vector, { streaming: true })
  ]),
  model("recraft/recraft-v4", "Recraft V4", "Design pictures with exact colours.", 1770854401, [
    endpoint("Recraft", [perImage(0.04)], { ...vector, output_format: values("png", "webp"), size: supported })
  ]),
  model("sourceful/riverflow-v2", "Riverflow V2", "Product pictures; a font costs extra.", 1765324800, [
    endpoint("Sourceful", [perImage(0.15), price("input_font", "request", 0.03)], {
      resolution: values("1K", "1.5K", "2K"),
      aspect_ratio: values("1:1", "4:5", "5:2", "2.35:1", "16:9"),
      input_references: range(1, 4)
    })
  ]),
  model("krea/krea-2", "Krea 2", "Quick sketches at a small size.", 1772323200, [
    endpoint("Krea", [price("output_image", "request", 0.01)], {
      resolution: values("512", "768", "1K"),
      aspect_ratio: values("1:1", "1:2", "2:1", "1:4", "4:1", "1:8", "8:1", "auto"),
      seed: supported,
      n: range(1, 10)
    })
  ]),
  model("x-ai/grok-imagine-image", "Grok Imagine", "Widely usable, one size.", 1769472000, [
    endpoint("xAI", [perImage(0.02)], { aspect_ratio: commonRatios, n: range(1, 10), output_format: values("jpeg") })
  ])
]
