/**
 * Fifteen models of OpenRouter with the parameters that they had in October 2026. The endpoints and prices of
 * `openai/gpt-image-2` and `google/gemini-3.1-flash-image` are recorded too. The providers and prices of the others are
 * close to those of that time.
 */
import { type Answers, type CatalogueEntry, perImage, price, range, supported, undatedJpeg, values } from "./Entry.js"
import { by, model, ratios } from "./RecordedModel.js"

/** OpenAI and Black Forest Labs sign what they make. */
const signed: Partial<Answers> = { signed: true }
const flux: Partial<Answers> = { ...undatedJpeg, ...signed }

const gptImage1 = [
  price("input_text", "token", 0.000005),
  price("input_image", "token", 0.00001),
  price("output_image", "token", 0.00004)
]
const flash = [price("output_image", "token", 0.00006)]

export const recorded: ReadonlyArray<CatalogueEntry> = [
  model(
    "openai/gpt-image-2",
    "OpenAI: GPT Image 2",
    1782264714,
    {
      aspect_ratio: ratios("1:1 3:2 2:3 4:3 3:4 16:9 9:16 21:9 auto"),
      quality: values("auto", "low", "medium", "high"),
      background: values("auto", "opaque"),
      n: range(1, 10),
      input_references: range(0, 16),
      output_compression: range(0, 100)
    },
    [
      by(
        "OpenAI",
        [
          price("input_image", "token", 0.000008),
          price("input_text", "token", 0.000005),
          price("output_image", "token", 0.00003)
        ],
        { streaming: true, passthrough: ["moderation"] }
      )
    ],
    signed
  ),
  model(
    "openai/gpt-image-1",
    "OpenAI: GPT Image 1",
    1782264713,
    {
      aspect_ratio: ratios("1:1 3:2 2:3 auto"),
      quality: values("auto", "low", "medium", "high"),
      background: values("auto", "transparent", "opaque"),
      n: range(1, 10),
      input_references: range(0, 16),
      output_compression: range(0, 100)
    },
    [
      by("OpenAI", gptImage1, { streaming: true, passthrough: ["moderation", "user"] }),
      by("Azure", gptImage1, { streaming: true })
    ],
    signed
  ),
  model(
    "black-forest-labs/flux.2-pro",
    "Black Forest Labs: FLUX.2 Pro",
    1764030274,
    {
      aspect_ratio: ratios("1:1 4:3 3:4 3:2 2:3 16:9 9:16 21:9 auto"),
      output_format: values("png", "jpeg"),
      n: range(1, 1),
      input_references: range(0, 8),
      seed: supported
    },
    [
      by("Black Forest Labs", [price("output_image", "megapixel", 0.03), price("input_image", "megapixel", 0.015)], {
        passthrough: ["steps", "guidance", "safety_tolerance"]
      })
    ],
    flux
  ),
  model(
    "bytedance-seed/seedream-4.5",
    "ByteDance Seed: Seedream 4.5",
    1766519506,
    {
      resolution: values("1K", "2K", "4K"),
      aspect_ratio: ratios("1:1 1:2 2:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 9:19.5 19.5:9 9:20 20:9 9:21 21:9 auto"),
      n: range(1, 10),
      input_references: range(0, 14),
      seed: supported
    },
    [
      by("Seed", [perImage(0.04)], { passthrough: ["watermark", "sequential_image_generation"] }),
      by("BytePlus", [perImage(0.045), perImage(0.06, "4k")])
    ]
  ),
  model(
    "recraft/recraft-v4.1-vector",
    "Recraft: Recraft V4.1 Vector",
    1778707392,
    {
      aspect_ratio: ratios("1:1 4:3 3:4 16:9 9:16 auto"),
      output_format: values("svg"),
      n: range(1, 6),
      input_references: range(0, 1)
    },
    [by("Recraft", [perImage(0.08)])]
  ),
  model(
    "inclusionai/ming-image-0.1-design-layer",
    "inclusionAI: Ming Image 0.1 Design Layer",
    1790201839,
    { output_format: values("png", "webp"), n: range(1, 1), input_references: range(1, 1), size: supported },
    [by("inclusionAI", [perImage(0.05)])]
  ),
  model(
    "google/gemini-3.1-flash-image",
    "Google: Nano Banana 2 (Gemini 3.1 Flash Image)",
    1781754065,
    {
      resolution: values("512", "1K", "2K", "4K"),
      aspect_ratio: ratios("1:1 1:4 1:8 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 21:9"),
      n: range(1, 1),
      input_references: range(0, 14)
    },
    [
      by("Google AI Studio", flash, { passthrough: ["cachedContent"] }),
      by("Google Vertex", flash, { slug: "google-vertex/global", passthrough: ["cachedContent"] })
    ]
  ),
  model(
    "google/gemini-3-pro-image",
    "Google: Nano Banana Pro (Gemini 3 Pro Image)",
    1781754054,
    {
      resolution: values("1K", "2K", "4K"),
      aspect_ratio: ratios("1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9"),
      n: range(1, 1),
      input_references: range(0, 14)
    },
    [
      by(
        "Google AI Studio",
        [perImage(0.134, "1k"), perImage(0.134, "2k"), perImage(0.24, "4k"), price("input_reference", "image", 0.0011)],
        { passthrough: ["cachedContent"] }
      )
    ]
  ),
  model(
    "krea/krea-2-medium",
    "Krea: Krea 2 Medium",
    1784574928,
    {
      resolution: values("1K"),
      aspect_ratio: ratios("1:1 4:3 3:2 16:9 4:5 2:3 9:16"),
      input_references: range(0, 1),
      seed: supported
    },
    [by("Krea", [perImage(0.03)])]
  ),
  model(
    "qwen/qwen-image-3",
    "Qwen: Qwen Image 3",
    1785894548,
    {
      resolution: values("1K", "2K"),
      aspect_ratio: ratios("1:1 1:2 1:4 2:1 2:3 3:2 3:4 4:1 4:3 4:5 5:4 9:16 16:9"),
      n: range(1, 6),
      input_references: range(0, 4),
      seed: supported
    },
    [by("Alibaba", [perImage(0.03, "1k"), perImage(0.05, "2k")])]
  ),
  model(
    "x-ai/grok-imagine-image-2.0",
    "xAI: Grok Imagine Image 2.0",
    1786486044,
    {
      resolution: values("1K", "2K"),
      aspect_ratio: ratios("1:1 3:4 4:3 9:16 16:9 2:3 3:2 9:19.5 19.5:9 9:20 20:9 1:2 2:1 auto"),
      quality: values("low", "medium"),
      n: range(1, 1),
      input_references: range(0, 3)
    },
    [by("xAI", [perImage(0.02, "1k"), perImage(0.04, "2k"), price("input_image", "image", 0.002)])],
    { format: "jpeg" }
  ),
  model(
    "sourceful/riverflow-v2.5-fast",
    "Sourceful: Riverflow V2.5 Fast",
    1780584983,
    {
      resolution: values("1K", "2K"),
      aspect_ratio: ratios("1:1 4:3 3:4 3:2 2:3 16:9 9:16 21:9 auto"),
      output_format: values("jpeg"),
      background: values("auto", "transparent", "opaque"),
      n: range(1, 1),
      input_references: range(0, 4)
    },
    [by("Sourceful", [perImage(0.02, "1k"), perImage(0.04, "2k")])]
  ),
  model("meta/muse-image", "Meta: Muse Image", 1787764532, {}, []),
  model(
    "microsoft/mai-image-2.6",
    "Microsoft AI: MAI-Image-2.6",
    1788550742,
    {
      aspect_ratio: ratios("1:1 4:3 3:4 16:9 9:16 3:2 2:3 auto"),
      n: range(1, 1),
      input_references: range(0, 5)
    },
    [by("Azure", [price("input_text", "token", 0.000005), price("output_image", "token", 0.000033)])]
  ),
  model(
    "black-forest-labs/flux-3-image",
    "Black Forest Labs: FLUX.3 Image",
    1790885807,
    {
      resolution: values("768", "1K", "1.5K", "2K", "4K"),
      aspect_ratio: ratios("21:9 2:1 16:9 3:2 7:5 4:3 5:4 1:1 4:5 3:4 5:7 2:3 9:16 1:2 9:21 auto"),
      n: range(1, 1),
      input_references: range(0, 10)
    },
    [by("Black Forest Labs", [price("output_image", "megapixel", 0.04), price("input_image", "megapixel", 0.02)])],
    flux
  )
]
