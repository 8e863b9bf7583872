// The bodies of the answers, each made once.
import { pictureOf } from "./data.js"
import type { Answer } from "./prompt.js"

const usage = { prompt_tokens: 10, completion_tokens: 4175, total_tokens: 4185, cost: 0.04 }
const created = 1748372400
const media_type = "image/png"

const generation = (sizes: ReadonlyArray<number>): Buffer =>
  Buffer.from(
    JSON.stringify({ created, data: sizes.map((size) => ({ b64_json: pictureOf(size), media_type })), usage })
  )

const event = (body: object): string => `data: ${JSON.stringify(body)}\n\n`

/** All sizes but the last are previews. */
const events = (sizes: ReadonlyArray<number>): Buffer => {
  const previews = sizes
    .slice(0, -1)
    .map((size, partial_image_index) =>
      event({ type: "image_generation.partial_image", partial_image_index, b64_json: pictureOf(size) })
    )
  const completed = event({
    type: "image_generation.completed",
    b64_json: pictureOf(sizes.at(-1) ?? 1),
    media_type,
    created,
    usage
  })
  return Buffer.from(`: OPENROUTER PROCESSING\n\n${previews.join("")}${completed}data: [DONE]\n\n`)
}

const bodies = new Map<string, Buffer>()

export const bodyOf = ({ sizes, stream }: Answer): Buffer => {
  const key = `${stream} ${sizes}`
  const body = bodies.get(key) ?? (stream ? events(sizes) : generation(sizes))
  bodies.set(key, body)
  return body
}
