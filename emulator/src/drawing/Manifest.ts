/** Signed pictures: a manifest of C2PA, sound in its boxes and signed by nobody, where a JPEG and a PNG have it. */
const bytes = (text: string): Buffer => Buffer.from(text, "latin1")

const uint32 = (value: number): Buffer => {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(value)
  return four
}

/** A box of ISO BMFF, as JUMBF (ISO 19566-5) uses it. */
const box = (type: string, ...content: ReadonlyArray<Buffer>): Buffer => {
  const body = Buffer.concat(content)
  return Buffer.concat([uint32(8 + body.length), bytes(type), body])
}

/** A superbox of JUMBF: its description says the type, by a UUID that begins with four letters, and a label. */
const superbox = (type: string, label: string, ...content: ReadonlyArray<Buffer>): Buffer => {
  const uuid = Buffer.concat([bytes(type), Buffer.from("00110010800000aa00389b71", "hex")])
  return box("jumb", box("jumd", uuid, Buffer.from([3]), bytes(`${label}\0`)), ...content)
}

/** A claim of one entry, as CBOR: `{"claim_generator": "emulator"}`. */
const claim = Buffer.concat([
  Buffer.from([0xa1, 0x6f]),
  bytes("claim_generator"),
  Buffer.from([0x68]),
  bytes("emulator")
])

const manifest = superbox(
  "c2pa",
  "c2pa",
  superbox(
    "c2ma",
    "urn:c2pa:00000000-0000-4000-8000-000000000000",
    superbox("c2cl", "c2pa.claim.v2", box("cbor", claim))
  )
)

/** An APP11 segment of JPEG: "JP", the box's number, the packet's number, and the box. */
const segment = (): Buffer => {
  const content = Buffer.concat([bytes("JP"), Buffer.from([0, 1]), uint32(1), manifest])
  const head = Buffer.from([0xff, 0xeb, (content.length + 2) >> 8, (content.length + 2) & 0xff])
  return Buffer.concat([head, content])
}

/** PNG (third edition), section D. */
const crc32 = (data: Uint8Array): number => {
  let crc = 0xffffffff
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}

/** A `caBX` chunk of PNG. */
const chunk = (): Buffer => {
  const body = Buffer.concat([bytes("caBX"), manifest])
  return Buffer.concat([uint32(manifest.length), body, uint32(crc32(body))])
}

const insertAt = (picture: Uint8Array, at: number, part: Buffer): Uint8Array =>
  new Uint8Array(Buffer.concat([picture.subarray(0, at), part, picture.subarray(at)]))

/** The same picture, signed; one of another format than JPEG and PNG as it is. */
export const sign = (picture: Uint8Array): Uint8Array => {
  const view = Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength)
  if (view[0] === 0xff && view[1] === 0xd8) {
    const isJfif = view[2] === 0xff && view[3] === 0xe0
    return insertAt(picture, isJfif ? 4 + view.readUInt16BE(4) : 2, segment())
  }
  // Behind the signature and IHDR, which has 13 bytes.
  return view.toString("latin1", 1, 4) === "PNG" ? insertAt(picture, 8 + 25, chunk()) : picture
}
