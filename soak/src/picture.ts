// A picture of about 4 MB, the same in each process.
import { randomFrom } from "./random.js"

const make = (length: number): Buffer => {
  const random = randomFrom(4)
  const bytes = Buffer.alloc(length)
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE(Math.floor(random() * 2 ** 32), at)
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(bytes)
  return bytes
}

export const largePicture = make(4 * 1024 * 1024)
