/**
 * Who may use the server on its port. A web page can have a browser send requests to a port of this machine, and by a
 * name of its own that leads there (DNS rebinding) even read the answers; it has neither the token nor these headers.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

const loopback: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"])

const isLoopback = (address: string): boolean => URL.canParse(address) && loopback.has(new URL(address).hostname)

type Headers = Readonly<Record<string, string | undefined>>

/** Whether a request was sent to this machine by its own name, and not by a page of another one. */
export const isLocal = ({ host, origin }: Headers): boolean =>
  host !== undefined && isLoopback(`http://${host}`) && (origin === undefined || isLoopback(origin))

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()

/** Whether a request has the token. The time of the comparison says nothing about the token, nor how long it is. */
export const hasToken = ({ authorization = "" }: Headers, token: Redacted.Redacted): boolean =>
  timingSafeEqual(digest(authorization.replace(/^bearer +/i, "")), digest(Redacted.value(token))) &&
  /^bearer /i.test(authorization)

const refuse = (status: number, words: string, headers: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.text(words, { status, headers })

/** Lets through only what is local and has the token. */
export const guard =
  (token: Redacted.Redacted) =>
  <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) => {
      if (!isLocal(headers)) return Effect.succeed(refuse(403, "Only programs on this machine may use this server."))
      if (hasToken(headers, token)) return app
      return Effect.succeed(refuse(401, "The bearer token is missing or wrong.", { "www-authenticate": "Bearer" }))
    })
