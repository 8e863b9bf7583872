/**
 * Pictures that were paid for and that no folder took, as when the disk is full. They stay in memory until one does, and
 * nothing more is paid for before that.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import type { GeneratedImage } from "effect-openrouter-images"
import { FileError } from "../../../cli/src/failure/Failure.js"
import * as Save from "../../../cli/src/output/Save.js"
import * as Words from "../Words.js"

interface Kept {
  readonly image: GeneratedImage.GeneratedImage
  readonly place: Save.Place
}

export class Unsaved extends Context.Tag("effect-openrouter-images-mcp/Unsaved")<
  Unsaved,
  Ref.Ref<ReadonlyArray<Kept>>
>() {}

type Files = FileSystem.FileSystem | Path.Path

/** What stands behind the problem of a picture that is kept. */
export const advice =
  "It is kept in this server's memory. Tell the person to make room, then call `gallery`, which saves it."

/** Keeps what could not be saved. */
export const keep = (
  images: ReadonlyArray<GeneratedImage.GeneratedImage>,
  place: Save.Place
): Effect.Effect<void, never, Unsaved> =>
  Effect.flatMap(Unsaved, (kept) => Ref.update(kept, (all) => [...all, ...images.map((image) => ({ image, place }))]))

/** Tries to save each again. Gives what became of them. */
export const saveAgain: Effect.Effect<ReadonlyArray<Save.Saved>, never, Unsaved | Files> = Effect.gen(function* () {
  const kept = yield* Unsaved
  const all = yield* Ref.getAndSet(kept, [])
  const saved = yield* Effect.forEach(all, ({ image, place }) => Save.picture(image, 0, 1, place))
  const left = all.filter((_, i) => saved[i]?.path === undefined)
  yield* Ref.update(kept, (since) => [...left, ...since])
  return saved
}).pipe(Effect.uninterruptible)

const countOf = (count: number): string =>
  count === 1 ? "1 picture that was paid for is" : `${count} pictures that were paid for are`

/** Fails while pictures are kept that no folder takes: what came next could not be saved either. */
export const requireNone: Effect.Effect<void, FileError, Unsaved | Files> = Effect.gen(function* () {
  const saved = yield* saveAgain
  const left = saved.filter(({ path }) => path === undefined)
  if (left.length > 0) {
    yield* new FileError({
      problem: `${countOf(left.length)} still in memory. ${left[0]?.problem ?? ""}`,
      cost: "Nothing was billed.",
      advice:
        "Tell the person to make room on the disk, then call `gallery`, which saves them. Until then nothing is drawn."
    })
  }
})

/** The last attempt, at the end of the server. */
const saveAtEnd = Effect.flatMap(saveAgain, (saved) =>
  Effect.forEach(
    saved,
    ({ path, problem }) =>
      Console.error(
        Words.lines([
          ["saved", path],
          ["problem", problem]
        ])
      ),
    {
      discard: true
    }
  )
)

export const layer: Layer.Layer<Unsaved, never, Files> = Layer.scopedContext(
  Effect.gen(function* () {
    const context = Context.make(Unsaved, yield* Ref.make<ReadonlyArray<Kept>>([]))
    yield* Effect.addFinalizer(() => Effect.provide(saveAtEnd, context))
    return context
  })
)
