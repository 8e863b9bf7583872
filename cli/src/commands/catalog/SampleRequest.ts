/** The request that prices are given for, where no other is at hand: one picture of a prompt of usual length. */
import { InputReference } from "effect-openrouter-images"

export const prompt = "x".repeat(200)

/** Some models work from a picture only: they are asked with one. */
export const references = [InputReference.fromUrl("https://example.com/picture.png")]
