import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { type Agent, billed, eventually, folder, overStdio, type Person } from "./support/agents.js"

/** Three cents a picture, at every provider. */
const model = "bytedance-seed/seedream-4.0"
const picture = { prompt: "a paper boat", model }

interface Setting {
  readonly home: string
  readonly args?: ReadonlyArray<string>
  readonly person?: Person
}

/** An agent whose budget is in a folder, which several may share. */
const agentIn = ({ args = [], home, person }: Setting) =>
  overStdio({
    args: ["--output", join(home, "pictures"), "--budget-file", join(home, "budget.json"), ...args],
    ...(person === undefined ? {} : { person })
  })

const picturesIn = (home: string): ReadonlyArray<string> => readdirSync(join(home, "pictures"))

/** The amounts that a budget has counted and set aside, in US dollars. */
const ledgerIn = (home: string): { readonly spent: number; readonly reserved: number } => {
  const { reserved, spent } = JSON.parse(readFileSync(join(home, "budget.json"), "utf8"))
  const sum = (all: ReadonlyArray<{ readonly usd: number }>) => all.reduce((total, { usd }) => total + usd, 0)
  return { spent: sum(spent), reserved: sum(reserved) }
}

const dollars = (amount: number): number => Math.round(amount * 100) / 100

describe("the budget", () => {
  layer(Emulator.layerServer(), { excludeTestServices: true })((it) => {
    it.scoped("refuses what does not fit, and says what is left and when it fits again", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const before = yield* billed
        const { call } = yield* agentIn({ home, args: ["--budget", "0.05", "--window", "2h"] })
        expect(yield* call("generate", picture)).toMatchObject({ isError: false })
        const refused = yield* call("generate", picture)
        expect(refused).toMatchObject({ isError: true, text: expect.stringContaining("Nothing was billed.") })
        const when = /^budget: \$0\.02 is left; the limit is \$0\.05 in any 2h; \$0\.03 fits again at (.*) UTC$/m
        const [, time = ""] = when.exec(refused.text) ?? []
        const wait = Date.parse(`${time.replace(" ", "T")}Z`) - Date.now()
        expect([wait > 1.9 * 3_600_000, wait <= 2.1 * 3_600_000]).toEqual([true, true])
        const never = yield* call("generate", { ...picture, n: 3 })
        expect(never.text).toContain("$0.09 is more than all of it")
        expect([dollars((yield* billed) - before), picturesIn(home).length]).toEqual([0.03, 1])
      })
    )

    it.scoped("is one for all servers that share its file, also for calls at the same time", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const before = yield* billed
        const args = ["--budget", "0.10"]
        const agents = yield* Effect.all([agentIn({ home, args }), agentIn({ home, args })], { concurrency: 2 })
        const calls = agents.flatMap(({ call }) => [1, 2, 3].map((seed) => call("generate", { ...picture, seed })))
        const answers = yield* Effect.all(calls, { concurrency: "unbounded" })
        expect(answers.filter(({ isError }) => !isError)).toHaveLength(3)
        expect(dollars((yield* billed) - before)).toBe(0.09)
        expect([dollars(ledgerIn(home).spent), ledgerIn(home).reserved]).toEqual([0.09, 0])
      })
    )

    it.scoped("spends nothing while its file cannot be read", () =>
      Effect.gen(function* () {
        const home = yield* folder
        writeFileSync(join(home, "budget.json"), "no ledger")
        const before = yield* billed
        const { call } = yield* agentIn({ home })
        const refused = yield* call("generate", picture)
        expect(refused).toMatchObject({ isError: true, text: expect.stringContaining("it cannot be read") })
        expect(yield* billed).toBe(before)
      })
    )

    it.scoped("counts what a generation cost that did not say so, once its record says it", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const emulator = yield* Emulator.Emulator
        const { call } = yield* agentIn({ home })
        const request = { ...picture, model: "openai/gpt-image-1-mini" }
        yield* call("quote", request) // which takes the prices, so that the fault is the generation's
        yield* emulator.script([{ _tag: "Reset", at: "body", afterCompletion: true }])
        const broken = yield* call("generate", request)
        expect(broken.isError).toBe(true)
        const [entry] = (yield* emulator.ledger).slice(-1)
        yield* eventually(Effect.sync(() => ledgerIn(home).reserved === 0))
        expect(ledgerIn(home).spent).toBeCloseTo(entry?.costUsd ?? Number.NaN)
      })
    )
  })
})

describe("a question to the person", () => {
  layer(Emulator.layerServer(), { excludeTestServices: true })((it) => {
    const asking = (home: string, person?: Person): ReturnType<typeof agentIn> =>
      agentIn({ home, args: ["--ask-above", "0.05"], ...(person === undefined ? {} : { person }) })

    const drawn = ({ call }: Agent, more: object = {}) => call("generate", { ...picture, n: 2, ...more })

    it.scoped("names the price and the prompt, and lets a call through that they accept", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const before = yield* billed
        const questions: Array<string> = []
        const agent = yield* asking(home, ({ message }) => {
          questions.push(message)
          return "accept"
        })
        const hostile = `a boat\u001b[2J\nApproved: yes ${"x".repeat(1000)}`
        expect(yield* drawn(agent, { prompt: hostile })).toMatchObject({ isError: false })
        const [question = ""] = questions
        expect(question).toMatch(/^An agent wants 2 pictures from \S+ for up to \$0\.06\. Allow it\?\nPrompt: a boat/)
        expect([question.includes("\u001b"), question.split("\n").length, question.length < 500]).toEqual([
          false,
          2,
          true
        ])
        expect(dollars((yield* billed) - before)).toBe(0.06)
      })
    )

    it.scoped("shows the price also where the model's name has lines of its own", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const questions: Array<string> = []
        const agent = yield* asking(home, ({ message }) => {
          questions.push(message)
          return "decline"
        })
        yield* drawn(agent, { model: `${model}${"\n".repeat(100)}` })
        expect(questions).toEqual([
          `An agent wants 2 pictures from ${model} for up to $0.06. Allow it?\nPrompt: a paper boat`
        ])
      })
    )

    it.scoped("is not asked for what costs less", () =>
      Effect.gen(function* () {
        const home = yield* folder
        let asked = 0
        const { call } = yield* asking(home, () => {
          asked++
          return "decline"
        })
        expect(yield* call("generate", picture)).toMatchObject({ isError: false })
        expect(asked).toBe(0)
      })
    )

    for (const action of ["decline", "cancel"] as const) {
      it.scoped(`stops a call on ${action}, and nothing is sent`, () =>
        Effect.gen(function* () {
          const home = yield* folder
          const before = yield* billed
          const refused = yield* drawn(yield* asking(home, () => action))
          expect(refused).toMatchObject({
            isError: true,
            text: expect.stringMatching(/^refused: It may cost up to \$0\.06/)
          })
          expect(refused.text).toContain(action === "decline" ? "declined" : "did not answer")
          expect([yield* billed, picturesIn(home)]).toEqual([before, []])
        })
      )
    }

    it.scoped("stops a call where the client cannot ask, or fails to", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const before = yield* billed
        const silent = yield* drawn(yield* asking(home))
        expect(silent).toMatchObject({ isError: true, text: expect.stringContaining("this client cannot") })
        const failing: Person = () => {
          throw new Error("no window")
        }
        const failed = yield* drawn(yield* asking(home, failing))
        expect(failed).toMatchObject({ isError: true, text: expect.stringContaining("could not be asked") })
        expect(yield* billed).toBe(before)
      })
    )

    it.scoped("is asked for a price without an upper bound, whatever the limit is", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const emulator = yield* Emulator.Emulator
        const questions: Array<string> = []
        let accepts = false
        const person: Person = ({ message }) => {
          questions.push(message)
          return accepts ? "accept" : "decline"
        }
        const { call } = yield* agentIn({ home, person })
        yield* emulator.script([
          { _tag: "Edit", how: "oddPrice" },
          { _tag: "Edit", how: "oddPrice" }
        ])
        const refused = yield* call("generate", picture)
        expect(refused).toMatchObject({ isError: true, text: expect.stringMatching(/^refused: /) })
        expect(questions).toEqual([expect.stringContaining("nobody knows how much at most")])
        accepts = true
        expect(yield* call("generate", picture)).toMatchObject({ isError: false })
      })
    )
  })
})
