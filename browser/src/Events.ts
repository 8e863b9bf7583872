/** What a person does, as streams. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Choice } from "./Choice.js"
import type { Page } from "./Page.js"

/** The form is sent nowhere: the browser must be told so before its event ends. */
export const submits = ({ form, prompt }: Page): Stream.Stream<void> =>
  Stream.asyncPush<void>((emit) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        const onSubmit = (event: Event): void => {
          event.preventDefault()
          emit.single(undefined)
        }
        const onKey = (event: KeyboardEvent): void => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit()
        }
        form.addEventListener("submit", onSubmit)
        prompt.addEventListener("keydown", onKey)
        return () => {
          form.removeEventListener("submit", onSubmit)
          prompt.removeEventListener("keydown", onKey)
        }
      }),
      (remove) => Effect.sync(remove)
    )
  )

export const clicks = (button: HTMLButtonElement): Stream.Stream<Event> => Stream.fromEventListener(button, "click")

/** The key, once it is typed whole. */
export const keys = ({ key }: Page): Stream.Stream<Event> => Stream.fromEventListener(key, "change")

export const choiceOf = ({ form, rehearsal }: Page): Choice => {
  const fields = new FormData(form)
  const text = (name: string): string => String(fields.get(name) ?? "")
  return {
    prompt: text("prompt"),
    model: text("model"),
    aspectRatio: text("aspectRatio"),
    quality: text("quality"),
    resolution: text("resolution"),
    outputFormat: text("outputFormat"),
    seed: text("seed"),
    pictures: Number(fields.get("pictures") ?? 1),
    rehearsal: rehearsal.value
  }
}

export const choices = (page: Page): Stream.Stream<Choice> =>
  Stream.map(Stream.fromEventListener(page.form, "input"), () => choiceOf(page))
