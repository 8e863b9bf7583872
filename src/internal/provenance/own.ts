/** What of an XMP packet is ours. */

/** The namespace of what is ours alone. */
export const namespace = "urn:effect-openrouter-images:provenance:1"

/** How our part of a packet begins and ends; there is no other Description within. */
export const opening = `<rdf:Description xmlns:eoi="${namespace}"`
export const closing = "</rdf:Description>"

/** The packet without what we said in it. Where another tool has written that anew, it stays. */
export const withoutOurs = (packet: string): string => {
  const from = packet.indexOf(opening)
  const to = from < 0 ? -1 : packet.indexOf(closing, from)
  return to < 0 ? packet : packet.slice(0, from) + packet.slice(to + closing.length)
}
