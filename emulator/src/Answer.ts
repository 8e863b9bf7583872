/** Answers as the API writes them. */
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Schema from "effect/Schema"
import { ImagesSchema } from "effect-openrouter-images"
import type { Refusal } from "./Refusal.js"

const encodeError = Schema.encodeSync(ImagesSchema.ErrorResponse)

export const json = (
  body: unknown,
  options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {}
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(JSON.stringify(body), {
    status: options.status ?? 200,
    headers: options.headers ?? {},
    contentType: "application/json"
  })

/** An answer of a schema's value. */
export const encoded = <A, I>(schema: Schema.Schema<A, I>) => {
  const encode = Schema.encodeSync(schema)
  return (value: A, headers: Readonly<Record<string, string>> = {}) => json(encode(value), { headers })
}

/** A refusal in the API's envelope. */
export const refusal = ({ response, status }: Refusal): HttpServerResponse.HttpServerResponse =>
  json(encodeError(response), { status })
