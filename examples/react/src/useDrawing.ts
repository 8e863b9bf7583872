// A generation as the state of a component: previews while it draws, then the pictures or what went wrong.
import { Cause, Effect, Exit, Fiber, type ManagedRuntime, Option, Stream } from "effect"
import { type Errors, type GeneratedImage, ImageStream, Images, type ImagesSchema } from "effect-openrouter-images"
import { useCallback, useEffect, useRef, useState } from "react"

export type Drawing =
  | { readonly _tag: "Idle" }
  | { readonly _tag: "Drawing"; readonly preview: GeneratedImage.GeneratedImage | undefined }
  | { readonly _tag: "Done"; readonly response: ImagesSchema.ImageGenerationResponse }
  | { readonly _tag: "Failed"; readonly error: Errors.GenerateStreamError }

const idle: Drawing = { _tag: "Idle" }

/** What a component shows at the end. Who cancelled it knows that. */
const ended = (
  exit: Exit.Exit<ImagesSchema.ImageGenerationResponse, Errors.GenerateStreamError>
): Drawing | undefined =>
  Exit.match(exit, {
    onSuccess: (response) => ({ _tag: "Done", response }),
    onFailure: (cause) =>
      Option.getOrUndefined(Option.map(Cause.failureOption(cause), (error) => ({ _tag: "Failed", error })))
  })

/**
 * A generation costs money, so it starts when somebody asks for it (`start`), never because a component is shown:
 * React may show one twice. It is cancelled when the component goes.
 */
export const useDrawing = (runtime: ManagedRuntime.ManagedRuntime<Images.Images, never>) => {
  const [drawing, setDrawing] = useState<Drawing>(idle)
  const running = useRef<Fiber.RuntimeFiber<unknown, unknown>>(undefined)

  const cancel = useCallback(() => {
    if (running.current !== undefined) Effect.runFork(Fiber.interrupt(running.current))
    running.current = undefined
    setDrawing(idle)
  }, [])

  const start = useCallback(
    (request: ImagesSchema.ImageGenerationRequest) => {
      cancel()
      setDrawing({ _tag: "Drawing", preview: undefined })
      const fiber = runtime.runFork(
        ImageStream.conflate(Images.generateStream(request)).pipe(
          Stream.tap((event) =>
            Effect.sync(() => {
              if (event._tag === "PartialImage") setDrawing({ _tag: "Drawing", preview: event.image })
            })
          ),
          ImageStream.runFinal
        )
      )
      running.current = fiber
      fiber.addObserver((exit) => {
        const last = running.current === fiber ? ended(exit) : undefined
        if (last !== undefined) setDrawing(last)
      })
    },
    [runtime, cancel]
  )

  useEffect(() => cancel, [cancel])
  return { drawing, start, cancel }
}
