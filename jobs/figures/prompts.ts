import { Stream } from "effect"

/** As many requests, each another one. */
export const prompts = (count: number) =>
  Stream.map(Stream.range(1, count), (n) => ({
    model: "bytedance-seed/seedream-5-lite",
    prompt: `picture ${n}`,
    size: "64x64"
  }))
