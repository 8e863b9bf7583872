/** The elements of index.html that the program reads and fills. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

export class MissingElement extends Data.TaggedError("MissingElement")<{ readonly id: string }> {}

const byId = <E extends HTMLElement>(id: string, kind: { new (): E }): Effect.Effect<E, MissingElement> =>
  Effect.suspend(() => {
    const found = document.getElementById(id)
    return found instanceof kind ? Effect.succeed(found) : Effect.fail(new MissingElement({ id }))
  })

export const find = Effect.all({
  form: byId("form", HTMLFormElement),
  prompt: byId("prompt", HTMLTextAreaElement),
  model: byId("model", HTMLSelectElement),
  capabilities: byId("capabilities", HTMLDivElement),
  ratios: byId("ratios", HTMLDivElement),
  qualityField: byId("quality-field", HTMLDivElement),
  quality: byId("quality", HTMLSelectElement),
  resolutionField: byId("resolution-field", HTMLDivElement),
  resolution: byId("resolution", HTMLSelectElement),
  formatField: byId("format-field", HTMLDivElement),
  format: byId("format", HTMLSelectElement),
  seedField: byId("seed-field", HTMLDivElement),
  seed: byId("seed", HTMLInputElement),
  pictures: byId("pictures", HTMLInputElement),
  count: byId("count", HTMLSpanElement),
  rehearsalField: byId("rehearsal-field", HTMLDivElement),
  rehearsal: byId("rehearsal", HTMLSelectElement),
  keyBox: byId("key-box", HTMLDetailsElement),
  keyState: byId("key-state", HTMLSpanElement),
  key: byId("key", HTMLInputElement),
  forget: byId("forget", HTMLButtonElement),
  price: byId("price", HTMLParagraphElement),
  why: byId("why", HTMLParagraphElement),
  generate: byId("generate", HTMLButtonElement),
  cancel: byId("cancel", HTMLButtonElement),
  where: byId("where", HTMLParagraphElement),
  session: byId("session", HTMLDivElement),
  result: byId("result", HTMLElement),
  status: byId("status", HTMLParagraphElement),
  clock: byId("clock", HTMLParagraphElement),
  signs: byId("signs", HTMLParagraphElement),
  stage: byId("stage", HTMLDivElement),
  facts: byId("facts", HTMLDivElement),
  trouble: byId("trouble", HTMLDivElement),
  commandBox: byId("command-box", HTMLElement),
  command: byId("command", HTMLElement),
  commandPrice: byId("command-price", HTMLSpanElement),
  copy: byId("copy", HTMLButtonElement),
  copied: byId("copied", HTMLSpanElement)
})

export type Page = Effect.Effect.Success<typeof find>
