/** A canvas above the line of the cursor, on which each picture is drawn over the one before. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { GeneratedImage } from "effect-openrouter-images"
import { Screen } from "../Screen.js"
import * as Encoding from "./Encoding.js"
import * as Protocol from "./Protocol.js"

export interface Canvas {
  /** Draws over what is there, and says whether this terminal can show such a picture. */
  readonly draw: (image: GeneratedImage.GeneratedImage) => Effect.Effect<boolean>
  /** Leaves what is there; what follows is drawn below it. */
  readonly keep: Effect.Effect<void>
}

/** kitty counts pictures with 32 bits. */
const mostIds = 2 ** 32 - 1

const usualLines = 24

/** A canvas on stderr. Picture numbers come from the clock, so that pictures of an earlier run stay. */
export const make: Effect.Effect<Canvas, never, Screen> = Effect.gen(function* () {
  const screen = yield* Screen
  const protocol = yield* screen.inline
  const rows = yield* Ref.make<number | undefined>(undefined)
  const id = yield* Ref.make(((yield* Clock.currentTimeMillis) % (mostIds - 1000)) + 1)
  const draw = ({ bytes, dimensions }: GeneratedImage.GeneratedImage): Effect.Effect<boolean> =>
    Effect.gen(function* () {
      // What the bytes say, not what the server declared: a terminal goes by them
      const { mediaType } = GeneratedImage.make(bytes)
      if (protocol === undefined || !Protocol.canShow(protocol, mediaType)) return false
      const { columns = 80, lines = usualLines } = yield* screen.stderr
      const before = yield* Ref.get(rows)
      const height = before ?? Encoding.rowsFor(dimensions, { columns, lines })
      const place = {
        rows: height,
        columns: Math.min(columns - 1, Encoding.columnsFor(height, dimensions)),
        id: yield* Ref.get(id)
      }
      const sequences = Encoding.draw(protocol, bytes, place)
      yield* screen.write(Encoding.above(sequences, height, before === undefined))
      yield* Ref.set(rows, height)
      return true
    })
  const keep = Effect.zipRight(
    Ref.set(rows, undefined),
    Ref.update(id, (number) => number + 1)
  )
  return { draw, keep }
})
