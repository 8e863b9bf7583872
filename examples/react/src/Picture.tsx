// A picture in memory as an `img`. Its address is revoked when another picture comes, or the component goes.
import type { GeneratedImage } from "effect-openrouter-images"
import { useEffect, useState } from "react"

export const Picture = ({ image, alt }: { readonly image: GeneratedImage.GeneratedImage; readonly alt: string }) => {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([new Uint8Array(image.bytes)], { type: image.mediaType }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [image])
  return <img src={url} alt={alt} width={image.dimensions?.width} height={image.dimensions?.height} />
}
