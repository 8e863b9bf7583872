/** Text within XML. */

/** Every code point XML 1.0 forbids: control characters go, a surrogate without its pair becomes U+FFFD. */
export const legal = (text: string): string =>
  text.replace(/\p{Surrogate}/gu, "\uFFFD").replace(/[^\t\n\r\u{20}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "")

/** Text made safe between XML tags and in attributes. */
export const escapeXml = (text: string): string =>
  legal(text).replace(
    /[&<>"'\r]/g,
    // A bare carriage return would be read back as a line feed.
    (character) => `&#${character.charCodeAt(0)};`
  )
