/** Addresses of pictures within the page. Each keeps its picture in memory until it is revoked. */
import type { GeneratedImage } from "effect-openrouter-images"

type Picture = GeneratedImage.GeneratedImage

export interface ObjectUrls {
  /** Gives those that have no address one. */
  readonly add: (images: ReadonlyArray<Picture>) => (image: Picture) => string
  /** Revokes all others. */
  readonly keepOnly: (images: ReadonlyArray<Picture>) => void
}

export const make = (): ObjectUrls => {
  const urls = new Map<Picture, string>()
  return {
    add: (images) => {
      for (const image of images) {
        if (urls.has(image)) continue
        urls.set(image, URL.createObjectURL(new Blob([new Uint8Array(image.bytes)], { type: image.mediaType })))
      }
      return (image) => urls.get(image) ?? ""
    },
    keepOnly: (images) => {
      for (const [image, url] of urls) {
        if (images.includes(image)) continue
        URL.revokeObjectURL(url)
        urls.delete(image)
      }
    }
  }
}
