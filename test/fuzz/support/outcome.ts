import { expect } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Errors, GeneratedImage, Images, ImagesSchema } from "effect-openrouter-images"
import { key } from "./served.js"

const call = { model: "author/slug", prompt: "a red panda" }

/** Everything that a call can give: what it gave before it ended, and how it ended. */
export interface Outcome {
  readonly values: ReadonlyArray<unknown>
  readonly exit: Exit.Exit<unknown, Errors.OpenRouterError>
}

const buffered = (effect: Effect.Effect<unknown, Errors.OpenRouterError, Images.Images>) =>
  Effect.map(Effect.exit(effect), (exit): Outcome => ({ exit, values: Exit.isSuccess(exit) ? [exit.value] : [] }))

const streamed = Effect.suspend(() => {
  const values: Array<unknown> = []
  return Stream.runForEach(Images.generateStream(call), (event) => Effect.sync(() => values.push(event))).pipe(
    Effect.exit,
    Effect.map((exit): Outcome => ({ exit, values }))
  )
})

/** Each operation, the union of its errors, and the values that it gives. */
export const operations = {
  generate: {
    run: buffered(Images.generate(call)),
    errors: Schema.is(Errors.GenerateError),
    values: Schema.is(Schema.typeSchema(ImagesSchema.ImageGenerationResponse))
  },
  generateStream: {
    run: streamed,
    errors: Schema.is(Errors.GenerateStreamError),
    values: Schema.is(Schema.typeSchema(ImagesSchema.ImageStreamEvent))
  },
  listModels: {
    run: buffered(Images.listModels()),
    errors: Schema.is(Errors.ListModelsError),
    values: Schema.is(Schema.typeSchema(ImagesSchema.ImageModelsListResponse))
  },
  listModelEndpoints: {
    run: buffered(Images.listModelEndpoints("author/slug")),
    errors: Schema.is(Errors.ListModelEndpointsError),
    values: Schema.is(Schema.typeSchema(ImagesSchema.ImageModelEndpointsResponse))
  }
} as const
export type Operation = keyof typeof operations

const isDiscovery = (operation: Operation): boolean => operation !== "generate" && operation !== "generateStream"

/** The pictures that a value or an error holds. */
const imagesIn = (value: unknown): ReadonlyArray<GeneratedImage.GeneratedImage> => {
  const { data, image, images } = value as Readonly<Record<"data" | "image" | "images", unknown>>
  return [data, image, images].flat().filter(GeneratedImage.isGeneratedImage)
}

/** Every finished picture that an outcome holds, in the values or in the error. */
export const picturesOf = ({ exit, values }: Outcome): ReadonlyArray<GeneratedImage.GeneratedImage> => {
  const finished = values.filter((value) => (value as { readonly _tag?: string })._tag !== "PartialImage")
  const error = Exit.isFailure(exit) ? [...Cause.failures(exit.cause)] : []
  return [...finished, ...error].flatMap(imagesIn)
}

const expectPictures = (value: unknown): void => {
  for (const image of imagesIn(value)) {
    expect(image.bytes.length).toBeGreaterThan(0)
    expect(image.mediaType).not.toBe("")
  }
}

/** What every error of an operation must be, whatever the server did. */
const expectError = (operation: Operation, error: Errors.OpenRouterError, attempts: number): void => {
  expect(operations[operation].errors(error), `${error._tag} is not documented for ${operation}`).toBe(true)
  expect(error.operation).toBe(operation)
  if (isDiscovery(operation)) expect(error.billing).toBe("notBilled")
  else if (attempts > 1) expect(error.billing, "a failure was tried again that may have been billed").toBe("notBilled")
  expectPictures(error)
  expect(error._tag).not.toBe("InvalidRequestError")
  const text = JSON.stringify(Schema.encodeSync(Errors.OpenRouterError)(error))
  const again = Schema.decodeUnknownSync(Errors.OpenRouterError)(JSON.parse(text))
  expect(JSON.stringify(Schema.encodeSync(Errors.OpenRouterError)(again))).toBe(text)
  for (const shown of [text, Errors.format(error), String(error)]) expect(shown).not.toContain(key)
}

/** A value, or an error of the operation's own union: anything else is a fault of the library. */
export const expectDocumented = (operation: Operation, { exit, values }: Outcome, attempts: number): void => {
  for (const value of values) {
    expect(operations[operation].values(value), `not a value of ${operation}`).toBe(true)
    expectPictures(value)
  }
  expect("polluted" in {}, "the prototype of every object was changed").toBe(false)
  if (attempts > 1 && !isDiscovery(operation)) expect(values, "an attempt was made after a value").toEqual([])
  if (Exit.isSuccess(exit)) {
    const tags = values.map((value) => (value as { readonly _tag?: string })._tag)
    if (operation === "generateStream") expect(tags, "a stream ended well without a picture").toContain("Completed")
    return
  }
  const failures = [...Cause.failures(exit.cause)]
  expect(failures.length, `not a failure but ${Cause.pretty(exit.cause)}`).toBe(1)
  expect([...Cause.defects(exit.cause)], Cause.pretty(exit.cause)).toEqual([])
  for (const error of failures) expectError(operation, error, attempts)
}
