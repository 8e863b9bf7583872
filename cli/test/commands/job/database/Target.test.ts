import { inspect } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Target from "../../../../src/commands/job/database/Target.js"

const parsed = (text: string) => Either.getOrThrow(Target.parse(text))

const withEnvironment = (entries: Record<string, string>) =>
  Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(entries))))

describe("--database", () => {
  it.each([
    ["jobs.db", "jobs.db"],
    ["/var/lib/jobs.db", "/var/lib/jobs.db"],
    ["sqlite:jobs.db", "jobs.db"],
    ["sqlite:///var/lib/jobs.db", "/var/lib/jobs.db"],
    ["C:\\jobs.db", "C:\\jobs.db"]
  ])("takes %s for a file", (text, path) => {
    expect(parsed(text)).toMatchObject({ _tag: "File", path })
  })

  it.each(["postgres://localhost/pictures", "postgresql://me:pw@db.example:5433/pictures?sslmode=require"])(
    "takes %s for a PostgreSQL",
    (text) => {
      expect(parsed(text)._tag).toBe("Postgres")
    }
  )

  it.each([
    "mysql://me:secret@host/x",
    "postgres://",
    "postgres://me:secret/word@host/x",
    "postgres://me:secret#word@host/x",
    "",
    "sqlite:",
    ":memory:"
  ])("refuses %j, and does not say a password that stands in it", (text) => {
    const refused = Either.getOrThrow(Either.flip(Target.parse(text)))
    expect(refused._tag).toBe("UsageError")
    expect(refused.problem + refused.advice).not.toContain("secret")
  })

  it("shows a password nowhere, whatever it is", () => {
    const password = FastCheck.string({ minLength: 1, unit: "grapheme" }).map(
      (text) => `pw${encodeURIComponent(text)}wp`
    )
    FastCheck.assert(
      FastCheck.property(password, (secret) => {
        for (const text of [`postgres://me:${secret}@host:1/x`, `postgres://host/x?user=me&password=${secret}`]) {
          const target = parsed(text)
          const said = [
            Target.describe(target),
            Target.commandLine(target, "list"),
            inspect(target),
            JSON.stringify(target)
          ]
          expect(said.join()).not.toContain(secret)
        }
      })
    )
  })

  it("stands in the lines to type next only where it was given", () => {
    expect(Target.commandLine(parsed("my jobs.db"), "status", "a job")).toBe(
      "openrouter-images job status 'a job' --database 'my jobs.db'"
    )
    expect(Target.commandLine(parsed("postgres://localhost/x"), "list")).toMatch(
      /--database postgres:\/\/localhost\/x$/
    )
  })

  it.effect("is by default what the environment says, else a file in the current folder", () =>
    Effect.gen(function* () {
      const of = (given: string | undefined, entries: Record<string, string>) =>
        Effect.map(Target.of(given).pipe(withEnvironment(entries)), (target) => [Target.describe(target), target.typed])
      expect(yield* of(undefined, {})).toEqual(["openrouter-images.db", undefined])
      expect(yield* of(undefined, { DATABASE_URL: "postgres://host/app" })).toEqual(["openrouter-images.db", undefined])
      const environment = { OPENROUTER_IMAGES_DATABASE: "other.db" }
      expect(yield* of(undefined, environment)).toEqual(["other.db", undefined])
      expect(yield* of("given.db", environment)).toEqual(["given.db", "given.db"])
    })
  )
})
