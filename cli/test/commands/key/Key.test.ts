import { describe, expect, it, layer } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client, type Key as KeySchema } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { generate } from "../../../src/commands/generate/Generate.js"
import { key, rows } from "../../../src/commands/key/Key.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import { script } from "../../support/batches.js"
import { Environment, heard, inFolder, output, reset, small } from "../../support/emulated.js"

const secret = `sk-or-v1-${"0123456789abcdef".repeat(4)}`

const said = (json = false) =>
  heard(key({ json })).pipe(
    Effect.map(({ stderr, stdout }) => ({ stderr, stdout: stdout.join("\n") })),
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["OPENROUTER_API_KEY", secret]]))),
    Effect.provide(Client.layer({ apiKey: Redacted.make(secret) }))
  )

describe("key", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("says what the key has spent and may still spend, and never the key", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          yield* reset
          const { account } = yield* Emulator.Emulator
          yield* account({ limitUsd: 5 })
          yield* heard(generate({ ...small, ...output, out }))
          const { stderr, stdout } = yield* said()
          expect(stdout.split("\n")).toEqual([
            "key         sk-or-v1-012...def",
            "limit       $5",
            "left        $4.96",
            "spent       $0.04 today, $0.04 this week, $0.04 this month, $0.04 in all",
            "free tier   no",
            "expires     never"
          ])
          expect(stderr).toBe("note        The numbers lag by minutes. The account's credits are not asked for.")
          const json = yield* said(true)
          expect(JSON.parse(json.stdout)).toEqual({
            ...{ label: "sk-or-v1-012...def", limitUsd: 5, limitRemainingUsd: 4.96, isFreeTier: false },
            ...{ usageUsd: 0.04, usageDailyUsd: 0.04, usageWeeklyUsd: 0.04, usageMonthlyUsd: 0.04, byokUsageUsd: 0 }
          })
          expect(json.stderr).toBe(stderr)
        })
      )
    )

    it.scoped("does not show the key where the server has put it into the label", () =>
      Effect.gen(function* () {
        for (const json of [false, true]) {
          const headers = { "content-type": "application/json" }
          const text = JSON.stringify({ data: { label: `mine: ${secret}`, usage: 1, note: secret } })
          yield* script({ _tag: "Status", status: 200, text, headers })
          const { stderr, stdout } = yield* said(json)
          expect(stdout).toContain("mine: <redacted>")
          expect(stdout + stderr).not.toContain("0123456789abcdef")
        }
      })
    )

    it.scoped("ends with the code of the account when the key is refused", () =>
      Effect.gen(function* () {
        yield* script({ _tag: "Recorded", as: "userNotFound" })
        const { exit } = yield* heard(Effect.flip(key({ json: false })))
        expect(ExitCode.of(yield* exit)).toBe(ExitCode.account)
      })
    )
  })

  it.each([
    [
      {},
      [
        ["limit", "none of its own"],
        ["expires", "never"]
      ]
    ],
    [
      { label: "ci", limitUsd: 10, limitReset: "monthly", limitRemainingUsd: 0, usageDailyUsd: 0.5 },
      [
        ["key", "ci"],
        ["limit", "$10, which starts anew monthly"],
        ["left", "$0"],
        ["spent", "$0.50 today"],
        ["expires", "never"]
      ]
    ],
    [
      { byokUsageUsd: 0.036, isFreeTier: true, expiresAt: new Date("2027-01-31T12:00:00Z") },
      [
        ["limit", "none of its own"],
        ["own keys", "$0.036 charged by providers"],
        ["free tier", "yes"],
        ["expires", "2027-01-31 12:00:00 UTC"]
      ]
    ]
  ] satisfies ReadonlyArray<readonly [KeySchema.Key, ReadonlyArray<readonly [string, string]>]>)(
    "says of %j only what is known",
    (known, lines) => {
      expect(rows(known)).toEqual(lines)
    }
  )
})
