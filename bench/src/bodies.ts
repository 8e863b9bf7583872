// The bodies of the answers, each made once.
import { pictureOf } from "./data.js"
import type { Answer, Pictures } from "./prompt.js"

const usage = { prompt_tokens: 10, completion_tokens: 4175, total_tokens: 4185, cost: 0.04 }
const created = 1748372400
const media_type = "image/png"

const generation = (sizes: ReadonlyArray<number>): Buffer =>
  Buffer.from(
    JSON.stringify({ created, data: sizes.map((size) => ({ b64_json: pictureOf(size), media_type })), usage })
  )

const event = (body: object): string => `data: ${JSON.stringify(body)}\n\n`

const events = ({ previews, sizes }: Pictures): Buffer => {
  const partial = previews.map((size, partial_image_index) =>
    event({ type: "image_generation.partial_image", partial_image_index, b64_json: pictureOf(size) })
  )
  const completed = sizes.map((size, i) =>
    event({
      type: "image_generation.completed",
      b64_json: pictureOf(size),
      media_type,
      created,
      ...(i === sizes.length - 1 ? { usage } : {})
    })
  )
  return Buffer.from(`: OPENROUTER PROCESSING\n\n${partial.join("")}${completed.join("")}data: [DONE]\n\n`)
}

const bodies = new Map<string, Buffer>()

export const bodyOf = ({ previews, sizes, stream }: Answer): Buffer => {
  const key = stream ? `events ${previews};${sizes}` : `json ${sizes}`
  const body = bodies.get(key) ?? (stream ? events({ previews, sizes }) : generation(sizes))
  bodies.set(key, body)
  return body
}
