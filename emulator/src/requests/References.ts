/** Reference pictures that are sent along: whether a data URL can be a picture. */
import type { ImagesSchema } from "effect-openrouter-images"

const isBase64 = (text: string): boolean => text !== "" && text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)

/** What is wrong with a data URL, or nothing. It may be megabytes long, so all but its base64 is judged by its head. */
const fault = (url: string): string | undefined => {
  const comma = url.indexOf(",")
  const head = url.slice(0, comma)
  const shown = JSON.stringify(`${head.slice(0, 60)},...`)
  if (!/^data:image\/[a-z0-9.+-]+[;,]/i.test(`${head},`)) {
    return `must be a data URL of an image, such as "data:image/png;base64,...", got ${shown}`
  }
  if (!/;base64$/i.test(head)) return `must be a data URL in base64, such as "data:image/png;base64,...", got ${shown}`
  return isBase64(url.slice(comma + 1)) ? undefined : `must be valid base64 behind its comma, got ${shown}`
}

/** The first fault of a request's references, naming the one that has it. */
export const referenceFault = ({ inputReferences = [] }: ImagesSchema.ImageGenerationRequest): string | undefined =>
  inputReferences
    .map(({ imageUrl: { url } }, i) => {
      const found = /^data:/i.test(url) ? fault(url) : undefined
      return found === undefined ? undefined : `input_references.${i}.image_url.url: ${found}`
    })
    .find((one) => one !== undefined)
