import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { Errors, ImagesSchema } from "effect-openrouter-images"
import { expectDocumented, operations } from "./support/outcome.js"
import { holds } from "./support/runs.js"
import { cuts, serving, whole } from "./support/served.js"
import * as Values from "./support/values.js"
import * as Wire from "./support/wire.js"

/** An error's fields are its own; `toEqual` by itself looks at little more than the message. */
const plain = (value: unknown): unknown => (value instanceof Error ? { ...value, class: value.constructor } : value)

const expectBack = (schema: Schema.Schema.AnyNoContext, value: unknown): void => {
  const text = JSON.stringify(Schema.encodeUnknownSync(schema)(value))
  expect(plain(Schema.decodeUnknownSync(schema)(JSON.parse(text))), text).toEqual(plain(value))
}

describe("what has gone through JSON is the same value", () => {
  const schemas: Readonly<Record<string, Schema.Schema.AnyNoContext>> = {
    ImageGenerationResponse: ImagesSchema.ImageGenerationResponse,
    ImageModelsListResponse: ImagesSchema.ImageModelsListResponse,
    ImageModelEndpointsResponse: ImagesSchema.ImageModelEndpointsResponse,
    ImageStreamEvent: ImagesSchema.ImageStreamEvent,
    ErrorResponse: ImagesSchema.ErrorResponse
  }
  for (const [name, schema] of Object.entries(schemas)) {
    holds(`as ${name}`, Values.valuesOf(schema), (value) => Effect.sync(() => expectBack(schema, value)), 0.5)
  }

  for (const member of Errors.OpenRouterError.members) {
    const errors: Schema.Schema.AnyNoContext = member
    holds(
      `as ${member.identifier}`,
      Values.valuesOf(errors),
      (error) => Effect.sync(() => expectBack(Errors.OpenRouterError, error)),
      0.1
    )
  }
})

describe("what a server sends is what the call gives", () => {
  const gives = <T>(name: keyof typeof operations, inputs: FastCheck.Arbitrary<T>, write: (value: T) => string) =>
    holds(
      `by ${name}, in any pieces`,
      FastCheck.tuple(inputs, cuts),
      ([value, cuts]) => {
        const contentType = name === "generateStream" ? "text/event-stream" : "application/json"
        const { calls, layer } = serving(whole(write(value), contentType, cuts))
        return operations[name].run.pipe(
          Effect.provide(layer),
          Effect.flatMap((outcome) =>
            Effect.sync(() => {
              expectDocumented(name, outcome, calls.length)
              expect(name === "generateStream" ? outcome.values : outcome.values[0]).toEqual(value)
            })
          )
        )
      },
      0.5
    )

  gives("generate", Values.response, (value) => JSON.stringify(Wire.encodeResponse(value)))
  gives("generateStream", Values.events, (value) => Wire.streamText(value))
  gives("listModels", Values.models, (value) => JSON.stringify(Wire.encodeModels(value)))
  gives("listModelEndpoints", Values.endpoints, (value) => JSON.stringify(Wire.encodeEndpoints(value)))
})

/** The JSON with one of its values, counted from the outside in, replaced or left out. */
const changed = (json: unknown, nth: number, by: unknown): unknown => {
  let left = nth
  const walk = (value: unknown): unknown => {
    if (left-- === 0) return by
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]))
  }
  return walk(json)
}

describe("a call accepts just what the Schema accepts", () => {
  const decode = {
    listModels: Schema.decodeUnknownEither(ImagesSchema.ImageModelsListResponse),
    listModelEndpoints: Schema.decodeUnknownEither(ImagesSchema.ImageModelEndpointsResponse)
  }
  const by = FastCheck.oneof(
    FastCheck.constantFrom<unknown>(undefined, null, "", "QUJD", "!", 0, -1, true, [], {}, [null], {
      b64_json: "QUJD"
    }),
    FastCheck.jsonValue()
  ).filter((value) => value === undefined || Values.fromJson(value))

  const accepts = (name: keyof typeof decode, inputs: FastCheck.Arbitrary<unknown>) =>
    holds(`from ${name}`, FastCheck.tuple(inputs, FastCheck.nat({ max: 60 }), by), ([sent, nth, value]) => {
      const text = JSON.stringify(changed(sent, nth, value)) ?? "null"
      const json: unknown = JSON.parse(text)
      const expected: Either.Either<unknown, unknown> = decode[name](json)
      return operations[name].run.pipe(
        Effect.provide(serving(whole(text, "application/json")).layer),
        Effect.map(({ values }) => expect(values).toEqual(Either.isRight(expected) ? [expected.right] : []))
      )
    })

  accepts("listModels", Values.models.map(Wire.encodeModels))
  accepts("listModelEndpoints", Values.endpoints.map(Wire.encodeEndpoints))
})

it("a difference in an error's fields alone is one that these tests would see", () => {
  const error = new Errors.InvalidRequestError({ operation: "generate", issues: [] })
  const other = new Errors.InvalidRequestError({ operation: "listModels", issues: [] })
  expect(plain(error)).not.toEqual(plain(other))
})
