/** The `Images` of layers, and whether their calls tell each attempt that is made. */
import type { Service } from "../../Images.js"

type Calls = Pick<Service, "generate" | "generateStream">

const tells = Symbol.for("effect-openrouter-images/tellsAttempts")

/** Marks calls that run the hooks around each of their attempts. */
export const tellingAttempts = <A extends Calls>(images: A): A => {
  for (const call of [images.generate, images.generateStream]) Object.defineProperty(call, tells, { value: true })
  return images
}

/**
 * Whether an attempt that no hook has told of was never made. The functions themselves have the mark, so that a layer
 * of somebody else's, which may keep the hooks to itself, never counts as one that tells.
 */
export const tellsAttempts = (images: Calls): boolean => tells in images.generate && tells in images.generateStream

/** The `Images` of a layer whose calls pass the hooks on to the `Images` below. */
export const over = (below: Service, changes: Calls & Partial<Service>): Service => {
  const images = { ...below, ...changes }
  return tellsAttempts(below) ? tellingAttempts(images) : images
}
