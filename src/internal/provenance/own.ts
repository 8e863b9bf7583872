/** The parts of an XMP packet that are ours. */

/** The namespace of our own properties. */
export const namespace = "urn:effect-openrouter-images:provenance:1"

/** The start and the end of our part of a packet. It contains no other Description. */
export const opening = `<rdf:Description xmlns:eoi="${namespace}"`
export const closing = "</rdf:Description>"

/** The packet without our part. What another tool has rewritten stays. */
export const withoutOurs = (packet: string): string => {
  const from = packet.indexOf(opening)
  const to = from < 0 ? -1 : packet.indexOf(closing, from)
  return to < 0 ? packet : packet.slice(0, from) + packet.slice(to + closing.length)
}
