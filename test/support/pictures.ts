/** Small pictures of each kind, and what is in them. */
import { crc32 } from "node:zlib"
import sharp from "sharp"

const width = 23
const height = 17

/** Pixels of noise, the same each time. */
const noise = (channels: 3 | 4, shift = 0) =>
  sharp(
    Uint8Array.from({ length: width * height * channels }, (_, i) => (i * i * 31 + i * 7 + shift) % 256),
    { raw: { width, height, channels } }
  )

const frames = (count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      noise(4, i * 50)
        .png()
        .toBuffer()
    )
  )

export const svg = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE svg [ <!ENTITY red "#f00"> ]>
<!-- a > b <svg> -->
<svg xmlns="http://www.w3.org/2000/svg" aria-label="a > b" width='23' height='17'
  ><style><![CDATA[ </svg> rect { fill: #08f } ]]></style><rect width="12" height="17"/><circle r="5" fill="&red;"/></svg>
`

/** Each kind of picture by its name. */
export const kinds = {
  "PNG of 8 bits": () => noise(3).png().toBuffer(),
  "PNG with alpha": () => noise(4).png().toBuffer(),
  "interlaced PNG": () => noise(4).png({ progressive: true }).toBuffer(),
  "PNG with a palette": () => noise(3).png({ palette: true }).toBuffer(),
  "baseline JPEG": () => noise(3).jpeg().toBuffer(),
  "progressive JPEG": () => noise(3).jpeg({ progressive: true }).toBuffer(),
  "JPEG with Exif": () =>
    noise(3)
      .withExif({ IFD0: { Copyright: "somebody" } })
      .jpeg()
      .toBuffer(),
  "lossy WebP": () => noise(3).webp().toBuffer(),
  "lossless WebP": () => noise(3).webp({ lossless: true }).toBuffer(),
  "lossy WebP with alpha": () => noise(4).webp().toBuffer(),
  "lossless WebP with alpha": () => noise(4).webp({ lossless: true }).toBuffer(),
  "WebP with Exif": () =>
    noise(3)
      .withExif({ IFD0: { Copyright: "somebody" } })
      .webp()
      .toBuffer(),
  "animated WebP": async () =>
    sharp(await frames(3), { join: { animated: true } })
      .webp({ delay: [50, 60, 70], loop: 2 })
      .toBuffer(),
  SVG: async () => new TextEncoder().encode(svg),
  "empty SVG": async () => new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="23" height="17" />')
}

/** A chunk of a PNG. */
export const pngChunk = (type: string, data: string): Uint8Array => {
  const body = Buffer.concat([Buffer.from(type), Buffer.from(data)])
  const bytes = Buffer.concat([Buffer.alloc(4), body, Buffer.alloc(4)])
  bytes.writeUInt32BE(body.length - 4, 0)
  bytes.writeUInt32BE(crc32(body), body.length + 4)
  return new Uint8Array(bytes)
}

export const inserted = (bytes: Uint8Array, at: number, more: Uint8Array): Uint8Array =>
  new Uint8Array(Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]))

/** A picture with XMP of somebody else; the encoder would compress that of a PNG. */
export const withXmp = async (format: "png" | "jpeg" | "webp", xmp: string): Promise<Uint8Array> =>
  format === "png"
    ? inserted(await kinds["PNG of 8 bits"](), 33, pngChunk("iTXt", `XML:com.adobe.xmp\0\0\0\0\0${xmp}`))
    : noise(3).withXmp(xmp)[format]().toBuffer()

/** A PNG with XMP that is compressed. */
export const withCompressedXmp = (): Promise<Uint8Array> => noise(3).withXmp("<x:xmpmeta/>").png().toBuffer()

/** All that a decoder sees, but for XMP and the file's size. */
export const decoded = async (bytes: Uint8Array) => {
  const picture = sharp(bytes, { pages: -1 })
  const { xmp: _, xmpAsString: __, size: ___, comments: ____, ...metadata } = await picture.metadata()
  return { metadata, pixels: (await picture.raw().toBuffer()).toString("base64") }
}

/** The XMP that a decoder finds. */
export const xmpOf = async (bytes: Uint8Array) => (await sharp(bytes).metadata()).xmp?.toString()

/** Pictures with Content Credentials (C2PA), as far as a reader of metadata sees: a manifest store in its box of JUMBF. */
export const signedKinds = {
  PNG: async () => inserted(await kinds["PNG of 8 bits"](), 33, pngChunk("caBX", manifest)),
  JPEG: async () => inserted(await kinds["baseline JPEG"](), 2, app11(manifest))
}

/** A superbox whose description says "c2pa". */
const manifest = "\0\0\0\x2djumb\0\0\0\x25jumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0........"

/** The segment of a JPEG with a box: its identifier "JP", the box's number and the part's. */
const app11 = (box: string): Uint8Array => {
  const content = Buffer.from(`JP\0\x01\0\0\0\x01${box}`, "latin1")
  return new Uint8Array(Buffer.concat([Buffer.from([0xff, 0xeb, 0, content.length + 2]), content]))
}
