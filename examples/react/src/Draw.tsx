// A form that draws: previews as they come, the cost afterwards, and what to do when something goes wrong.
import type { ManagedRuntime } from "effect"
import { Errors, type Images } from "effect-openrouter-images"
import { useState } from "react"
import { Picture } from "./Picture.js"
import { type Drawing, useDrawing } from "./useDrawing.js"

const model = "openai/gpt-image-1-mini"

const Result = ({ drawing, prompt }: { readonly drawing: Drawing; readonly prompt: string }) => {
  switch (drawing._tag) {
    case "Idle":
      return null
    case "Drawing":
      return drawing.preview === undefined ? <p>Drawing…</p> : <Picture image={drawing.preview} alt="A preview" />
    case "Done":
      return (
        <figure>
          {drawing.response.data.map((image, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the pictures of an answer keep their places
            <Picture key={i} image={image} alt={prompt} />
          ))}
          <figcaption>${drawing.response.usage?.cost}</figcaption>
        </figure>
      )
    case "Failed": {
      const { action, cost, what } = Errors.explain(drawing.error)
      return (
        <p role="alert">
          {what} {cost} {action}
        </p>
      )
    }
  }
}

export const Draw = ({ runtime }: { readonly runtime: ManagedRuntime.ManagedRuntime<Images.Images, never> }) => {
  const [prompt, setPrompt] = useState("")
  const { cancel, drawing, start } = useDrawing(runtime)
  const isDrawing = drawing._tag === "Drawing"
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        start({ model, prompt })
      }}
    >
      <input aria-label="Prompt" value={prompt} onChange={(event) => setPrompt(event.target.value)} />
      <button type="submit" disabled={isDrawing || prompt.trim() === ""}>
        Draw
      </button>
      <button type="button" disabled={!isDrawing} onClick={cancel}>
        Cancel
      </button>
      <div aria-live="polite">
        <Result drawing={drawing} prompt={prompt} />
      </div>
    </form>
  )
}
