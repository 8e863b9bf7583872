import { expect, it } from "@effect/vitest"
import { ImagesSchema } from "effect-openrouter-images"
import { recorded } from "../../src/catalogue/Recorded.js"

it("has models that the library completes in an editor", () => {
  expect(recorded.map(({ model }) => model.id)).not.toEqual([])
  expect(ImagesSchema.Model.known).toEqual(expect.arrayContaining(recorded.map(({ model }) => model.id)))
})
