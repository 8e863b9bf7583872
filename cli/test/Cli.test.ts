/** Command lines that show all that they do in their words and their exit code, so no process needs to be started for them. */
import { describe, expect, layer } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { run, version } from "../src/Cli.js"
import { program } from "../src/commands/Commands.js"
import { Environment, heard, inFolder, terminalOf } from "./support/emulated.js"

/** A key, and a server that is not there: what needs no network is not sent to it. */
const unreachable = { OPENROUTER_API_KEY: "sk-or-v1-secretsecret", OPENROUTER_BASE_URL: "http://127.0.0.1:0/api/v1" }

/** Runs a command line, without a key unless one is given. */
const said = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.gen(function* () {
    const { exit, stderr, stdout } = yield* heard(run(["node", "openrouter-images", ...args]))
    return { exitCode: yield* exit, stdout: stdout.join("\n"), stderr }
  }).pipe(Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env)))))

describe("a command line", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("lists models and the endpoints of one", () =>
      Effect.gen(function* () {
        expect((yield* said(["models", "--emulator"])).stdout).toContain("google/gemini-3-pro-image")
        const { stdout } = yield* said(["endpoints", "google/gemini-3-pro-image", "--emulator"])
        expect(stdout).toContain("Google AI Studio")
        expect(stdout).toContain("0.134")
      })
    )

    it.scoped("asks the emulator with --emulator even when there is a key, and says whose prices it shows", () =>
      Effect.gen(function* () {
        for (const line of [["models"], ["endpoints", "krea/krea-2"]]) {
          const { exitCode, stderr, stdout } = yield* said([...line, "--emulator"], unreachable)
          expect(exitCode).toBe(0)
          expect(stdout).not.toBe("")
          expect(stderr).toMatch(/^--emulator: these are the embedded emulator's models and prices, not OpenRouter's/)
        }
        const { stderr } = yield* Effect.provide(said(["models"]), terminalOf([]))
        expect(stderr).toMatch(/^no OPENROUTER_API_KEY: .*emulator's models and prices/)
      })
    )

    it.scoped.each([
      ["generate", "a fox"],
      ["batch", "meadows.jsonl", "--out", "out"],
      ["quote", "a fox"],
      ["models"],
      ["cost", "gen-img-1790983552-TOdyb7qrp6185EBMwzAV"],
      ["key"],
      ["job", "worker"]
    ])("refuses %j without a key where no terminal shows that the emulator would answer", (line) =>
      Effect.gen(function* () {
        const { exitCode, stderr, stdout } = yield* said(line)
        expect([exitCode, stdout]).toEqual([3, ""])
        expect(stderr).toMatch(/^key {9}.*OPENROUTER_API_KEY.*\ncost {8}Nothing was billed\.$/m)
        expect(stderr).toMatch(/^what to do {2}Set OPENROUTER_API_KEY .*\n {12}Add --emulator /m)
      })
    )

    it.scoped("says its version in one line, whatever else the line has", () =>
      Effect.gen(function* () {
        for (const line of [["--version"], ["generate", "a fox", "--version"]]) {
          expect(yield* said(line)).toEqual({ exitCode: 0, stdout: version, stderr: "" })
        }
      })
    )

    it.scoped("says of a failure of the emulator that nothing was billed, and offers nothing to ask", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const line = ["generate", "a fox", "--timeout", "20ms", "--out", out]
          const { exitCode, stderr } = yield* said([...line, "--emulator"], unreachable)
          expect([exitCode, stderr]).toEqual([6, expect.stringContaining("RequestTimeoutError in generate")])
          expect(stderr).toMatch(
            /^cost {8}Nothing was billed\.\nwhat to do {2}Allow more time \(--timeout\), or ask for less\.$/m
          )
          expect(stderr).not.toMatch(/twice|not known|account|openrouter-images cost/)
        })
      )
    )

    it.scoped("names the models that may be meant once where there is none of a name", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const wrong = ["generate", "a fox", "--out", out, "--emulator", "--model"]
          const named = yield* said([...wrong, "openai/gpt-imag-1"])
          expect(named.exitCode).toBe(2)
          expect(named.stderr.match(/openai\/gpt-image-1\b(?!-)/g)).toHaveLength(1)
          expect(named.stderr).not.toMatch(/^(instead|model) /m)
          const other = yield* said([...wrong, "seed/seedream-4.5"])
          expect(other.stderr).toMatch(/^model {7}seed\/seedream-4\.5: did you mean bytedance-seed\/seedream-4\.5\?$/m)
        })
      )
    )

    it.scoped("asks the emulator without a key what a generation cost, and does not wait for what it cannot know", () =>
      Effect.gen(function* () {
        const cost = yield* Effect.provide(
          said(["cost", "gen-img-1790983552-TOdyb7qrp6185EBMwzAV", "--wait"]),
          terminalOf([])
        )
        expect([cost.exitCode, cost.stdout]).toEqual([11, ""])
        expect(cost.stderr).toMatch(/^no OPENROUTER_API_KEY: asking the embedded emulator, which knows no generation/)
        expect(cost.stderr).toMatch(/^what to do {2}Set OPENROUTER_API_KEY/m)
        const key = yield* said(["key", "--emulator"], unreachable)
        expect([key.exitCode, key.stdout]).toEqual([0, expect.stringMatching(/^key {9}sk-or-v1-\.\.\.$/m)])
        expect(key.stderr).toMatch(/^--emulator: this is the key of the embedded emulator, not yours/)
      })
    )

    it.scoped.each([
      [["Generate", "--seeed=7"], /^usage {7}There is no option --seeed\. Did you mean --seed\?$/m],
      [["generate", "-n", "nan"], /^usage {7}The value of -n must be an integer\.$/m],
      [["generate", "a", "b"], /^what to do {2}Put a prompt of several words in quotes\./m],
      [["cost"], /^usage {7}Missing argument <GENERATION_ID\|FILE>\.$/m],
      [["endpoints"], /^usage {7}Missing argument <author\/slug>\.$/m],
      [["endpoints", "nope"], /the model's name: must be a name without slashes, in "author\/slug", got "nope"$/m],
      [["generate", "--wizard"], /^usage {7}--wizard asks questions, but the input is not a terminal\.$/m],
      [["generate", "a fox", "--reference", "file:///etc/passwd"], /--reference number 1: must be an http\(s\) URL/],
      [
        ["generate", "--budget", "1,50"],
        /^usage {7}The value of --budget must be US dollars, zero or more, such as 0\.50\.$/m
      ],
      ...[
        "--budget=-1",
        "--budget=NaN",
        "--max-cost=Infinity",
        "--max-cost=1e400",
        `--max-cost=${"9".repeat(400)}`
      ].map((option): readonly [ReadonlyArray<string>, RegExp] => [
        ["generate", option],
        /^usage {7}The value of --(budget|max-cost) must be US dollars, zero or more, such as 0\.50\.$/m
      ]),
      [["batch", "a.jsonl"], /^usage {7}.*--out/m],
      [
        ["batch", "a.jsonl", "--out", "o", "--concurrency", "0"],
        /^usage {7}.*--concurrency must be a positive integer/m
      ],
      [["paint"], /^usage {7}There is no command paint\.$/m],
      [["genrate", "a fox", "--model", "a/b"], /^usage {7}There is no command genrate\. Did you mean generate\?$/m],
      [["genrate", "a fox"], /^usage {7}There is no command genrate\. Did you mean generate\?$/m],
      [["--log-level", "debug", "modles"], /^usage {7}There is no command modles\. Did you mean models\?$/m],
      [["job", "sumbit"], /^usage {7}There is no command job sumbit\. Did you mean job submit\?$/m],
      [["--verison"], /^usage {7}There is no option --verison\. Did you mean --version\?$/m],
      [
        ["generate", "a fox", "--aspect-ration", "1:1"],
        /^usage {7}There is no option --aspect-ration\. Did you mean --aspect-ratio\?$/m
      ],
      [["generate", "--provider", "x"], /Did you mean --provider-only, --provider-order or --provider-ignore\?$/m],
      [["generate", "--teapot"], /^usage {7}There is no option --teapot\.$/m]
    ] as const)("refuses %j in one block", ([args, problem]) =>
      Effect.gen(function* () {
        const { exitCode, stderr, stdout } = yield* said(args, unreachable)
        expect([exitCode, stdout, stderr]).toEqual([2, "", expect.stringMatching(problem)])
        expect(stderr).toMatch(/^cost {8}Nothing was billed\.\nwhat to do {2}\S.*$/m)
        expect(stderr).not.toMatch(/\n\n/)
      })
    )

    it.scoped("keeps the help short, with the list of commands at its end", () =>
      Effect.gen(function* () {
        const { stdout } = yield* said([])
        expect(stdout).toMatch(/\nCOMMANDS\n\ngenerate [\s\S]+\nhelp \[topic\] +[^\n]+$/)
        const generate = (yield* said(["generate", "--help"])).stdout
        expect(generate).not.toMatch(/OPENROUTER_API_KEY|--completions|^130 /m)
        expect((yield* said(["help", "generate"])).stdout).toBe(generate)
        expect((yield* said(["help", "job", "Submit"])).stdout).toContain("openrouter-images job submit [options]")
        expect((yield* said(["help"])).stdout).toBe(stdout)
      })
    )

    it.scoped("has no more than two examples for a command", () =>
      Effect.gen(function* () {
        for (const { examples, name } of program.commands.flatMap((one) => [one, ...one.commands])) {
          expect([name, examples.length]).toEqual([
            name,
            expect.toSatisfy((count: number) => count === 1 || count === 2)
          ])
        }
      })
    )

    it.scoped("explains the environment, the exit codes and the output on demand", () =>
      Effect.gen(function* () {
        expect((yield* said(["help", "environment"])).stdout).toMatch(/^OPENROUTER_API_KEY +your key/m)
        expect((yield* said(["help", "exit-codes"])).stdout).toMatch(/^3 +there is no key/m)
        expect((yield* said(["help", "output"])).stdout).toMatch(/^quote, check, cost, key +the answer on stdout$/m)
        const unknown = yield* said(["help", "exit-code"])
        expect([unknown.exitCode, unknown.stdout]).toEqual([2, ""])
        expect(unknown.stderr).toMatch(/^usage {7}There is no help about exit-code\. Did you mean exit-codes\?$/m)
      })
    )

    it.scoped("explains each command with what is worth knowing", () =>
      Effect.gen(function* () {
        const { stdout } = yield* said(["generate", "--help"])
        expect(stdout).toContain("openrouter-images generate [options] [prompt]")
        expect(stdout).toMatch(/^--aspect-ratio R +Width to height, such as 1:1/m)
        expect(stdout).toMatch(/^--emulator +\S/m)
        expect(stdout).not.toMatch(/user-defined|This setting/)
        for (const line of [[], ["-h"], ["--help"]]) {
          const { exitCode, stderr, stdout } = yield* said(line)
          expect([exitCode, stderr]).toEqual([0, ""])
          expect(stdout).toMatch(/^cost \[options\] <GENERATION_ID\|FILE>\.\.\. +Say what a generation cost/m)
          expect(stdout).toMatch(/^key \[options\] +Show what your key has spent/m)
          expect(stdout).toMatch(/^endpoints \[options\] <author\/slug> +List the endpoints that serve a model/m)
        }
      })
    )
  })
})
