// How far an SVG's prolog or a list of brands is read: enough for real files, and a bound for hostile ones.
const SCAN_LIMIT = 4096

/**
 * Bytes `from` to `to` with one character per byte, so that offsets in the text are offsets in the bytes. Shorter when
 * the bytes end before. Use it for short ranges (up to 16 KiB): every byte is an argument of one call.
 */
export const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to))

/** Big-endian unsigned integer of up to 8 bytes; NaN when the bytes end before, so a cut header never looks whole. */
export const uintBE = (bytes: Uint8Array, at: number, length: number): number => {
  let value = 0
  for (let i = at; i < at + length; i++) value = value * 256 + (bytes[i] ?? Number.NaN)
  return value
}

// WHATWG MIME Sniffing, section 6.1 "Matching an image type pattern"; TIFF is not in it: TIFF 6.0, section 2.
const SIGNATURES: ReadonlyArray<readonly [prefix: string, mediaType: string]> = [
  ["\x89PNG\r\n\x1A\n", "image/png"],
  ["\xFF\xD8\xFF", "image/jpeg"],
  ["GIF87a", "image/gif"],
  ["GIF89a", "image/gif"],
  ["BM", "image/bmp"],
  ["\x00\x00\x01\x00", "image/x-icon"],
  // A Windows cursor, which the standard calls an icon too
  ["\x00\x00\x02\x00", "image/x-icon"],
  ["II*\x00", "image/tiff"],
  ["MM\x00*", "image/tiff"]
]

// AVIF, "Brands" (image and image sequence); ISO/IEC 23008-12, annex B (still images of HEVC)
const BRANDS: ReadonlyMap<string, string> = new Map([
  ["avif", "image/avif"],
  ["avis", "image/avif"],
  ["heic", "image/heic"],
  ["heix", "image/heic"],
  ["heim", "image/heic"],
  ["heis", "image/heic"]
])

// ISO/IEC 14496-12, section 4.3: size, "ftyp", major brand, minor version, compatible brands. The first brand known
// wins, so the major one goes before the compatible ones; "mif1" alone tells the container but not the codec.
const sniffBrand = (bytes: Uint8Array): string | undefined => {
  if (ascii(bytes, 4, 8) !== "ftyp") return undefined
  const size = uintBE(bytes, 0, 4)
  const end = size === 0 ? bytes.length : size === 1 ? uintBE(bytes, 8, 8) : size
  const major = size === 1 ? 16 : 8
  const brands = ascii(bytes, major, Math.min(end, SCAN_LIMIT))
  for (let at = 0; at + 4 <= brands.length; at += 4) {
    const mediaType = at === 4 ? undefined : BRANDS.get(brands.slice(at, at + 4))
    if (mediaType !== undefined) return mediaType
  }
  return undefined
}

// The position after the next `token`, or the end of the text. Always moves forward, so the loops below end
const after = (text: string, token: string, from: number): number => {
  const at = text.indexOf(token, from)
  return at < 0 ? text.length : at + token.length
}

// The position after the comment or processing instruction that starts at `at`, or `at` itself when neither does
const skipMisc = (text: string, at: number): number =>
  text.startsWith("<!--", at) ? after(text, "-->", at + 4) : text.startsWith("<?", at) ? after(text, "?>", at + 2) : at

// XML 1.0, section 2.8: a ">" within quotes, comments or the internal subset "[...]" does not close the declaration
const skipDoctype = (text: string, from: number): number => {
  let subset = false
  let at = from
  while (at < text.length) {
    const char = text.charAt(at)
    const next = char === '"' || char === "'" ? after(text, char, at + 1) : skipMisc(text, at)
    if (next > at) {
      at = next
      continue
    }
    if (char === "[") subset = true
    else if (char === "]") subset = false
    else if (char === ">" && !subset) return at + 1
    at++
  }
  return at
}

const matchAt = (pattern: RegExp, text: string, at: number): string => {
  const sticky = new RegExp(pattern, "y")
  sticky.lastIndex = at
  return sticky.exec(text)?.[0] ?? ""
}

/**
 * The offset right after the name of the root tag, when the bytes are an SVG document. Only what XML 1.0, section 2.8,
 * allows in a prolog may come before the tag, so that HTML with an inline `<svg>` does not count as SVG.
 */
export const svgRootAttributes = (bytes: Uint8Array): number | undefined => {
  const text = ascii(bytes, 0, SCAN_LIMIT)
  let at = text.startsWith("\xEF\xBB\xBF") ? 3 : 0
  while (at < text.length) {
    const misc = skipMisc(text, at)
    const doctype = matchAt(/<!DOCTYPE[ \t\r\n]+(?:[A-Za-z_][\w.-]*:)?svg(?=[ \t\r\n[>])/, text, at)
    if (misc > at) at = misc
    else if (doctype !== "") at = skipDoctype(text, at + doctype.length)
    else if (" \t\r\n".includes(text.charAt(at))) at++
    else {
      const tag = matchAt(/<(?:[A-Za-z_][\w.-]*:)?svg(?=[ \t\r\n/>])/, text, at)
      return tag === "" ? undefined : at + tag.length
    }
  }
  return undefined
}

/**
 * The media type by the first bytes, following the signatures of the WHATWG MIME Sniffing standard where it has one.
 * `undefined` when unknown.
 */
export const sniffMediaType = (bytes: Uint8Array): string | undefined => {
  const head = ascii(bytes, 0, 16)
  for (const [prefix, mediaType] of SIGNATURES) {
    if (head.startsWith(prefix)) return mediaType
  }
  // The size between "RIFF" and "WEBPVP" is masked out by the standard
  if (head.startsWith("RIFF") && head.startsWith("WEBPVP", 8)) return "image/webp"
  const brand = sniffBrand(bytes)
  // Markup begins with white space, a byte order mark or a tag; anything else is not worth a closer look.
  if (brand !== undefined || !/^[ \t\r\n\xEF<]/.test(head)) return brand
  return svgRootAttributes(bytes) === undefined ? undefined : "image/svg+xml"
}

// Only where the extension is not the subtype itself. A Map, since an object would find "constructor".
const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ["image/jpeg", "jpg"],
  ["image/svg+xml", "svg"],
  ["image/x-icon", "ico"],
  ["image/vnd.microsoft.icon", "ico"],
  ["image/x-ms-bmp", "bmp"]
])

/**
 * The file extension without the dot for a media type. "bin" for what is no image or has an unusual subtype. The result
 * always matches /^[a-z0-9]{1,8}$/, so it can never leave a folder.
 */
export const extensionOf = (mediaType: string): string => {
  const essence = (mediaType.split(";", 1)[0] ?? "").trim().toLowerCase()
  return EXTENSIONS.get(essence) ?? /^image\/(?=.*[a-z])([a-z0-9]{1,8})$/.exec(essence)?.[1] ?? "bin"
}
