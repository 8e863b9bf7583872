/** Decides who may look. */
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
import * as Responses from "../http/responses.js"
import { loginPage, notice } from "../page/page.js"
import { isLoopback, isReachable, nameIn } from "./addresses.js"

type Request = HttpServerRequest.HttpServerRequest
type Token = Redacted.Redacted<string>

const minTokenLength = 16

/** Refuses a token that others could guess, or that a header cannot hold. */
const checkToken = (token: Token): Either.Either<Token, ConfigError.ConfigError> =>
  new RegExp(`^[\\x21-\\x7e]{${minTokenLength},}$`).test(Redacted.value(token))
    ? Either.right(token)
    : Either.left(
        ConfigError.InvalidData(
          ["token"],
          `must be at least ${minTokenLength} visible ASCII characters without a space`
        )
      )

/** The token, checked; fails where one is needed and there is none. */
export const tokenFor = (
  address: Address,
  token: Token | undefined
): Either.Either<Token | undefined, ConfigError.ConfigError> => {
  if (token !== undefined) return checkToken(token)
  if (!isReachable(address) || address._tag !== "TcpAddress") return Either.right(undefined)
  const where = `${JSON.stringify(address.hostname)} can be reached by other machines`
  return Either.left(
    ConfigError.MissingData(["token"], `is needed where the view listens on anything but loopback: ${where}`)
  )
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()

/** Takes the same time whatever the texts are: their digests are equally long. */
const areEqual = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

const cookieName = "effect-openrouter-images-jobs-view"

/** What the browser keeps in place of the token: it opens this view and does not reveal the token. */
const sessionOf = (token: Token): string => digest(`view of the jobs\n${Redacted.value(token)}`).toString("base64url")

const isAllowed = ({ cookies, headers }: Request, token: Token): boolean => {
  const bearer = /^Bearer +(\S+)$/i.exec(headers["authorization"] ?? "")?.[1]
  if (bearer !== undefined) return areEqual(bearer, Redacted.value(token))
  const session = cookies[cookieName]
  return session !== undefined && areEqual(session, sessionOf(token))
}

/** The way from a page of this path to the folder of the view. */
const rootFrom = (url: string): string =>
  /^\/*$/.test(pathOf(url)) ? "./" : "../".repeat(Math.max(0, pathOf(url).split("/").length - 2)) || "./"

const pathOf = (url: string): string => url.replace(/[?#].*$/s, "")

const wantsPage = ({ headers }: Request): boolean => (headers["accept"] ?? "").includes("text/html")

const refusal = (request: Request, status: number, text: string): Responses.Response =>
  wantsPage(request)
    ? Responses.page(notice("Not here", text, rootFrom(request.url)), status)
    : HttpServerResponse.unsafeJson({ message: text }, { status, headers: Responses.protective })

/** Whether the page of another site asks: a browser says so. A person who follows a link navigates, and may. */
const isForeign = ({ headers, method }: Request): boolean => {
  const site = headers["sec-fetch-site"]
  if (site !== undefined) {
    const navigates = method === "GET" && headers["sec-fetch-mode"] === "navigate"
    return site !== "same-origin" && site !== "none" && !navigates
  }
  const origin = headers["origin"]
  return origin !== undefined && origin.replace(/^https?:\/\//, "") !== headers["host"]
}

/** A redirect to the same address: its last part alone cannot lead to another server. */
const backTo = (url: string): string => `./${/[^/\\]*$/.exec(pathOf(url))?.[0] ?? ""}${/\?.*$/s.exec(url)?.[0] ?? ""}`

const startSession = (request: Request, token: Token): Responses.Response =>
  HttpServerResponse.unsafeSetCookie(
    HttpServerResponse.empty({
      status: 303,
      headers: { ...Responses.protective, location: backTo(request.url), "cache-control": "no-store" }
    }),
    cookieName,
    sessionOf(token),
    { httpOnly: true, sameSite: "strict", path: "/", secure: request.headers["x-forwarded-proto"] === "https" }
  )

const login = (request: Request, token: Token): Effect.Effect<Responses.Response> =>
  request.urlParamsBody.pipe(
    HttpServerRequest.withMaxBodySize(Option.some(8_192)),
    Effect.map((params) => Option.getOrElse(UrlParams.getFirst(params, "token"), () => "")),
    Effect.orElseSucceed(() => ""),
    Effect.map((given) =>
      areEqual(given, Redacted.value(token))
        ? startSession(request, token)
        : Responses.page(loginPage(rootFrom(request.url), true), 401)
    )
  )

const askForToken = (request: Request): Responses.Response =>
  HttpServerResponse.setHeader(
    wantsPage(request)
      ? Responses.page(loginPage(rootFrom(request.url), false), 401)
      : refusal(request, 401, "A token is needed, as Authorization: Bearer."),
    "www-authenticate",
    'Bearer realm="jobs"'
  )

/** The page that asks for the token needs its style and icon. They reveal nothing. */
const isAsset = ({ url }: Request): boolean => pathOf(url).startsWith("/assets/")

/** Without a token only this machine may ask, by its own name. Another name may lead here too (DNS rebinding). */
const isMisdirected = ({ headers }: Request, token: Token | undefined): boolean =>
  token === undefined && !isLoopback(nameIn(headers["host"] ?? ""))

const withProtection = (response: Responses.Response): Responses.Response =>
  HttpServerResponse.setHeaders(response, { ...Responses.protective, "cache-control": "no-store", ...response.headers })

/** Lets those through who may look, and asks all others for the token where there is one. */
export const guard =
  (token: Token | undefined) =>
  <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      if (isMisdirected(request, token)) return refusal(request, 421, "This server answers to localhost only.")
      if (isForeign(request)) return refusal(request, 403, "The page of another site may not ask this server.")
      if (token !== undefined && !isAllowed(request, token) && !isAsset(request)) {
        return request.method === "POST" ? yield* login(request, token) : askForToken(request)
      }
      return yield* app
    }).pipe(Effect.map(withProtection))
