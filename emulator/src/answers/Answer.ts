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
export const encodeWith = <A, I>(schema: Schema.Schema<A, I>) => {
  const encode = Schema.encodeSync(schema)
  return (value: A, headers: Readonly<Record<string, string>> = {}) => json(encode(value), { headers })
}

/** A refusal in the API's envelope, its message first. */
export const refusal = ({ response, status }: Refusal): HttpServerResponse.HttpServerResponse => {
  const { error, ...beside } = encodeError(response)
  return json({ error: { message: response.message, ...error }, ...beside }, { status })
}

/** A page of HTML, as a website or a box in between answers. */
export const page = (
  title: string,
  options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {}
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(
    `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
    { status: options.status ?? 200, headers: options.headers ?? {}, contentType: "text/html" }
  )
