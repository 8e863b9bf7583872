import { createServer } from "node:http"
import { NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Config, ConfigProvider, Effect, Either, Layer, Logger, Redacted } from "effect"
import { View } from "effect-openrouter-images-jobs-view"
import { working } from "../../../../jobs/test/support/working.js"
import { type Asking, ask, viewing } from "../../support/viewing.js"

const secret = "correct-horse-battery"
const token = Redacted.make(secret)
const html = { accept: "text/html" }

const statusOf = (path: string, asking?: Asking) => Effect.map(ask(path, asking), ({ status }) => status)

const refused = (options: View.Options) =>
  Effect.flip(Effect.scoped(Layer.build(View.layer(options).pipe(Layer.provide(working())))))

describe("a view on loopback", () => {
  it.scoped("needs no token", () =>
    Effect.gen(function* () {
      expect(yield* statusOf("/")).toBe(200)
      expect(yield* statusOf("/api/jobs")).toBe(200)
    }).pipe(Effect.provide(viewing()))
  )

  it.scoped("answers to the names of this machine alone, whatever name leads to it", () =>
    Effect.gen(function* () {
      for (const host of ["localhost", "localhost:8788", "LOCALHOST:1", "127.0.0.1:80", "127.8.9.10", "[::1]:8788"]) {
        expect(yield* statusOf("/", { headers: { host } }), host).toBe(200)
      }
      for (const host of [
        "evil.example",
        "notlocalhost",
        "x127.0.0.1",
        "evil.example:8788",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.7"
      ]) {
        expect(yield* statusOf("/api/jobs", { headers: { host } }), host).toBe(421)
      }
    }).pipe(Effect.provide(viewing()))
  )

  it.scoped("is not for pages of other sites, but a link may lead to it", () =>
    Effect.gen(function* () {
      const from = (site: string, mode: string) => ({ headers: { "sec-fetch-site": site, "sec-fetch-mode": mode } })
      expect(yield* statusOf("/api/jobs", from("cross-site", "no-cors"))).toBe(403)
      expect(yield* statusOf("/api/jobs", from("same-site", "cors"))).toBe(403)
      expect(yield* statusOf("/", { ...from("cross-site", "navigate"), method: "POST" })).toBe(403)
      expect(yield* statusOf("/api/jobs", { headers: { origin: "https://evil.example" } })).toBe(403)
      expect(yield* statusOf("/", from("cross-site", "navigate"))).toBe(200)
      expect(yield* statusOf("/api/jobs", from("same-origin", "cors"))).toBe(200)
      expect(yield* statusOf("/", from("none", "navigate"))).toBe(200)
    }).pipe(Effect.provide(viewing()))
  )
})

describe("a view that other machines can reach", () => {
  it.effect("does not start without a token", () =>
    Effect.gen(function* () {
      for (const host of ["0.0.0.0", "::", "192.0.2.1", "jobs.example", ""]) {
        const error = yield* refused({ host, port: 0 })
        expect(error).toMatchObject({ _tag: "ConfigError", _op: "MissingData", path: ["token"] })
      }
    })
  )

  it.effect("does not start with a token that can be guessed, or not be sent", () =>
    Effect.gen(function* () {
      for (const weak of ["", "short", "fifteen-letters", "a token with spaces", "töken-töken-töken"]) {
        for (const host of ["0.0.0.0", "127.0.0.1"]) {
          const error = yield* refused({ host, port: 0, token: Redacted.make(weak) })
          expect(error).toMatchObject({ _tag: "ConfigError", _op: "InvalidData", path: ["token"] })
          if (weak !== "") expect(String(error)).not.toContain(weak)
        }
      }
    })
  )

  it.scoped("also when the server is another's", () =>
    Effect.gen(function* () {
      const server = NodeHttpServer.layer(() => createServer(), { host: "0.0.0.0", port: 0 })
      const open = View.layerServer().pipe(Layer.provide([server, working()]))
      expect(yield* Effect.flip(Layer.build(open))).toMatchObject({ _op: "MissingData", path: ["token"] })
    })
  )

  it.scoped("takes its settings from Config", () =>
    Effect.gen(function* () {
      const layer = View.layerConfig({
        host: Config.string("HOST"),
        token: Config.redacted("VIEW_TOKEN"),
        port: Config.succeed(0)
      })
      const built = (settings: ReadonlyArray<readonly [string, string]>) =>
        Layer.build(
          Layer.provide(layer, [working(), Layer.setConfigProvider(ConfigProvider.fromMap(new Map(settings)))])
        )
      expect(yield* Effect.flip(built([["HOST", "127.0.0.1"]]))).toMatchObject({ path: ["VIEW_TOKEN"] })
      yield* built([
        ["HOST", "127.0.0.1"],
        ["VIEW_TOKEN", secret]
      ])
    })
  )
})

describe("a token", () => {
  it.scoped("is asked for, with a form where a person asks", () =>
    Effect.gen(function* () {
      for (const path of ["/", "/jobs/any", "/events", "/api/jobs", "/jobs/any/pictures/x/0"]) {
        const page = yield* ask(path, { headers: html })
        expect(page.status, path).toBe(401)
        expect(page.text).toContain('<input id="token" name="token" type="password"')
        const bare = yield* ask(path)
        expect(bare.status, path).toBe(401)
        expect(bare.headers["www-authenticate"]).toBe('Bearer realm="jobs"')
        expect(JSON.parse(bare.text)).toEqual({ message: "A token is needed, as Authorization: Bearer." })
      }
      expect(yield* statusOf("/assets/view.css")).toBe(200)
    }).pipe(Effect.provide(viewing({ token })))
  )

  it.scoped("lets in as a bearer, under any name of the server, and no other does", () =>
    Effect.gen(function* () {
      const bearer = (value: string) => ({ headers: { authorization: value, host: "jobs.example" } })
      expect(yield* statusOf("/api/jobs", bearer(`Bearer ${secret}`))).toBe(200)
      expect(yield* statusOf("/", bearer(`bearer ${secret}`))).toBe(200)
      for (const wrong of [
        `Bearer ${secret}x`,
        `Bearer ${secret.slice(1)}`,
        "Bearer ",
        `Basic ${secret}`,
        secret,
        "Bearer é"
      ]) {
        expect(yield* statusOf("/api/jobs", bearer(wrong)), wrong).toBe(401)
      }
    }).pipe(Effect.provide(viewing({ token })))
  )

  it.scoped("is typed once, and a cookie that does not tell it opens the view from then on", () =>
    Effect.gen(function* () {
      const form = { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" }
      const wrong = yield* ask("/jobs/a?state=done", { method: "POST", headers: form, body: "token=not-the-right-one" })
      expect(wrong.status).toBe(401)
      expect(wrong.text).toContain("This is not the token.")
      expect(wrong.text).not.toContain("not-the-right-one")
      expect(wrong.headers["set-cookie"]).toBeUndefined()
      const right = yield* ask("/jobs/a?state=done", { method: "POST", headers: form, body: `token=${secret}` })
      expect(right).toMatchObject({ status: 303, headers: { location: "./a?state=done" } })
      const [cookie = ""] = right.headers["set-cookie"] ?? []
      expect(cookie).toMatch(/; HttpOnly(;|$)/)
      expect(cookie).toMatch(/; SameSite=Strict(;|$)/)
      expect(decodeURIComponent(cookie)).not.toContain(secret)
      const session = cookie.split(";")[0] ?? ""
      expect(yield* statusOf("/api/jobs", { headers: { cookie: session } })).toBe(200)
      expect(yield* statusOf("/api/jobs", { headers: { cookie: `${session}x` } })).toBe(401)
      expect(yield* statusOf("/api/jobs", { headers: { cookie: session.replace(/=.*/, `=${secret}`) } })).toBe(401)
    }).pipe(Effect.provide(viewing({ token })))
  )

  it.scoped("leads back to this server alone", () =>
    Effect.gen(function* () {
      for (const path of [
        "//evil.example",
        "//evil.example/",
        "/\\evil.example",
        "/%2f%2fevil.example",
        "https://evil.example/x"
      ]) {
        const { headers } = yield* ask(path, { method: "POST", body: `token=${secret}` })
        const there = new URL(headers.location ?? "", "http://127.0.0.1:1/a/b")
        expect(there.host, path).toBe("127.0.0.1:1")
      }
    }).pipe(Effect.provide(viewing({ token })))
  )

  it.scoped("is not taken from another site's form, nor from a body without end", () =>
    Effect.gen(function* () {
      const foreign = {
        headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
        method: "POST",
        body: `token=${secret}`
      }
      expect(yield* statusOf("/", foreign)).toBe(403)
      const long = { method: "POST", body: `token=${secret}&more=${"x".repeat(100_000)}` }
      expect(yield* Effect.either(statusOf("/", long))).not.toEqual(Either.right(303))
      expect(yield* statusOf("/")).toBe(401)
    }).pipe(Effect.provide(viewing({ token })))
  )

  it.scoped("is in no log", () => {
    const lines: Array<string> = []
    const logger = Logger.replace(
      Logger.defaultLogger,
      Logger.map(Logger.jsonLogger, (line) => lines.push(line))
    )
    return Effect.gen(function* () {
      yield* ask("/jobs/none", { headers: { authorization: `Bearer ${secret}` } })
      yield* ask("/", { method: "POST", body: `token=${secret}` })
      yield* ask("/", { headers: { authorization: "Bearer wrong" } })
      expect(lines.join("\n")).toMatch(/The jobs can be looked at on http:\/\/127\.0\.0\.1:\d+/)
      expect(lines.join("\n")).not.toContain(secret)
    }).pipe(Effect.provide(Layer.provideMerge(viewing({ token }), logger)))
  })
})
