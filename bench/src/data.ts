// What the server sends: a catalogue of ordinary models, and pictures of any size.

export const modelsOf = (count: number) => ({
  data: Array.from({ length: count }, (_, i) => ({
    id: `author/model-${i}`,
    name: `Model ${i}`,
    description: "A text-to-image model with a description of ordinary length. ".repeat(4),
    created: 1764633600 + i,
    architecture: { input_modalities: ["text", "image"], output_modalities: ["image"] },
    supported_parameters: {
      resolution: { type: "enum", values: ["1K", "2K", "4K"] },
      aspect_ratio: { type: "enum", values: ["1:1", "2:3", "3:2", "3:4", "4:3", "9:16", "16:9"] },
      output_format: { type: "enum", values: ["png", "jpeg", "webp"] },
      output_compression: { type: "range", min: 0, max: 100 },
      input_references: { type: "range", min: 0, max: 10 },
      n: { type: "range", min: 1, max: 10 },
      seed: { type: "boolean" }
    },
    supports_streaming: false,
    endpoints: `/api/v1/images/models/author/model-${i}/endpoints`
  }))
})

/** Bytes that no one can guess, with the signature of a PNG, as base64. */
export const pictureOf = (length: number): string => {
  const bytes = Buffer.alloc(length)
  let state = 0x9e3779b9
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state >>> 24
  }
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(bytes)
  return bytes.toString("base64")
}
