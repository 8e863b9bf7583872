/** Who may look. */
import { createHash, timingSafeEqual } from "node:crypto"
import type * as HttpApp from "@effect/platform/HttpApp"
import type { Address } from "@effect/platform/HttpServer"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as UrlParams from "@effect/platform/UrlParams"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { isLoopback, isReachable, nameIn } from "./addresses.js"
import { loginPage, notice } from "./page.js"
import * as Respond from "./respond.js"

type Request = HttpServerRequest.HttpServerRequest
type Response = HttpServerResponse.HttpServerResponse
type Token = Redacted.Redacted<string>

const leastToken = 16

/** A token that others can neither guess nor fail to write into a header. */
const checked = (token: Token): Either.Either<Token, ConfigError.ConfigError> =>
  new RegExp(`^[\\x21-\\x7e]{${leastToken},}$`).test(Redacted.value(token))
    ? Either.right(token)
    : Either.left(
        ConfigError.InvalidData(["token"], `must be at least ${leastToken} visible ASCII characters without a space`)
      )

/** The token, where one is needed or given. */
export const accessFor = (
  address: Address,
  token: Token | undefined
): Either.Either<Token | undefined, ConfigError.ConfigError> => {
  if (token !== undefined) return checked(token)
  if (!isReachable(address) || address._tag !== "TcpAddress") return Either.right(undefined)
  const where = `${JSON.stringify(address.hostname)} can be reached by other machines`
  return Either.left(
    ConfigError.MissingData(["token"], `is needed where the view listens on anything but loopback: ${where}`)
  )
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()

/** In the same time whatever the texts are; their digests are equally long. */
const areEqual = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

const cookieName = "effect-openrouter-images-jobs-view"

/** What the browser keeps in place of the token: it opens this view, and does not tell the token. */
const sessionOf = (token: Token): string => digest(`view of the jobs\n${Redacted.value(token)}`).toString("base64url")

const isAllowed = ({ cookies, headers }: Request, token: Token): boolean => {
  const bearer = /^Bearer +(\S+)$/i.exec(headers["authorization"] ?? "")?.[1]
  if (bearer !== undefined) return areEqual(bearer, Redacted.value(token))
  const session = cookies[cookieName]
  return session !== undefined && areEqual(session, sessionOf(token))
}

/** From where a page of this path stands to the folder of the view. */
const rootFrom = (url: string): string =>
  /^\/*$/.test(pathOf(url)) ? "./" : "../".repeat(Math.max(0, pathOf(url).split("/").length - 2)) || "./"

const pathOf = (url: string): string => url.replace(/[?#].*$/s, "")

const wantsPage = ({ headers }: Request): boolean => (headers["accept"] ?? "").includes("text/html")

const refusal = (request: Request, status: number, text: string): Response =>
  wantsPage(request)
    ? Respond.page(notice("Not here", text, rootFrom(request.url)), status)
    : HttpServerResponse.unsafeJson({ message: text }, { status, headers: Respond.protective })

/** Where a page asks, its browser says from which site. A person who follows a link navigates. */
const isForeign = ({ headers, method }: Request): boolean => {
  const site = headers["sec-fetch-site"]
  if (site !== undefined) {
    const navigates = method === "GET" && headers["sec-fetch-mode"] === "navigate"
    return site !== "same-origin" && site !== "none" && !navigates
  }
  const origin = headers["origin"]
  return origin !== undefined && origin.replace(/^https?:\/\//, "") !== headers["host"]
}

/** The last part of an address leads back to it, and to no other server. */
const backTo = (url: string): string => `./${/[^/\\]*$/.exec(pathOf(url))?.[0] ?? ""}${/\?.*$/s.exec(url)?.[0] ?? ""}`

const opened = (request: Request, token: Token): Response =>
  HttpServerResponse.unsafeSetCookie(
    HttpServerResponse.empty({
      status: 303,
      headers: { ...Respond.protective, location: backTo(request.url), "cache-control": "no-store" }
    }),
    cookieName,
    sessionOf(token),
    { httpOnly: true, sameSite: "strict", path: "/", secure: request.headers["x-forwarded-proto"] === "https" }
  )

const login = (request: Request, token: Token): Effect.Effect<Response> =>
  request.urlParamsBody.pipe(
    HttpServerRequest.withMaxBodySize(Option.some(8_192)),
    Effect.map((params) => Option.getOrElse(UrlParams.getFirst(params, "token"), () => "")),
    Effect.orElseSucceed(() => ""),
    Effect.map((given) =>
      areEqual(given, Redacted.value(token))
        ? opened(request, token)
        : Respond.page(loginPage(rootFrom(request.url), true), 401)
    )
  )

const unopened = (request: Request): Response =>
  HttpServerResponse.setHeader(
    wantsPage(request)
      ? Respond.page(loginPage(rootFrom(request.url), false), 401)
      : refusal(request, 401, "A token is needed, as Authorization: Bearer."),
    "www-authenticate",
    'Bearer realm="jobs"'
  )

/** Style and icon of the page that asks for the token; they tell nothing. */
const isAsset = ({ url }: Request): boolean => pathOf(url).startsWith("/assets/")

/** Without a token only this machine may ask, under a name of its own: a stranger's name may lead here too (DNS rebinding). */
const isMisdirected = ({ headers }: Request, token: Token | undefined): boolean =>
  token === undefined && !isLoopback(nameIn(headers["host"] ?? ""))

const withProtection = (response: Response): Response =>
  HttpServerResponse.setHeaders(response, { ...Respond.protective, "cache-control": "no-store", ...response.headers })

/** Lets through who may look, and asks everybody else for the token, where there is one. */
export const guarded =
  (token: Token | undefined) =>
  <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      if (isMisdirected(request, token)) return refusal(request, 421, "This server is asked for by localhost only.")
      if (isForeign(request)) return refusal(request, 403, "This may not be asked for by the page of another site.")
      if (token !== undefined && !isAllowed(request, token) && !isAsset(request)) {
        return request.method === "POST" ? yield* login(request, token) : unopened(request)
      }
      return yield* app
    }).pipe(Effect.map(withProtection))
