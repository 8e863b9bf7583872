import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Layer, SchemaAST } from "effect"
import { ImagesSchema } from "effect-openrouter-images"
import { program } from "../../src/commands/Commands.js"
import * as Argv from "../../src/effectCli/Argv.js"
import * as CommandLine from "../../src/options/CommandLine.js"
import { flagName, optionOf } from "../../src/options/OptionName.js"
import * as RequestOptions from "../../src/options/RequestOptions.js"
import { pipedScreen, small } from "../support/emulated.js"

const requestOf = (more: Partial<RequestOptions.RequestOptions>) =>
  Effect.provide(RequestOptions.toRequest({ ...small, ...more }), Layer.merge(NodeContext.layer, pipedScreen))

/** The names of the properties of a schema's type. */
const namesOf = ({ ast }: { readonly ast: SchemaAST.AST }): ReadonlyArray<string> =>
  SchemaAST.getPropertySignatures(SchemaAST.typeAST(ast)).map(({ name }) => String(name))

describe("the options of a request", () => {
  it("have one for every field that a request can have", () => {
    const keys = Object.keys(RequestOptions.config)
    const others: Readonly<Record<string, string>> = { inputReferences: "reference", provider: "providerOnly" }
    for (const name of namesOf(ImagesSchema.ImageGenerationRequest)) expect(keys).toContain(others[name] ?? name)
    for (const name of namesOf(ImagesSchema.ImageGenerationProviderPreferences)) {
      const key = `provider${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
      expect(keys).toContain(name === "allowFallbacks" ? "noFallbacks" : key)
    }
  })

  it.effect("make the preferences of providers, and none where nothing is said", () =>
    Effect.gen(function* () {
      expect("provider" in (yield* requestOf({}))).toBe(false)
      const options = {
        ...{ providerOnly: ["seed", "BytePlus"], providerOrder: ["seed"], providerIgnore: ["x"], noFallbacks: true },
        ...{ providerSort: "price/none", providerOptions: { seed: { watermark: false } } }
      }
      expect((yield* requestOf(options)).provider).toEqual({
        ...{ only: ["seed", "BytePlus"], order: ["seed"], ignore: ["x"], allowFallbacks: false },
        ...{ sort: { by: "price", partition: "none" }, options: { seed: { watermark: false } } }
      })
      expect((yield* requestOf({ providerSort: "latency" })).provider).toEqual({ sort: "latency" })
    })
  )

  it.effect("are typed again as they were given", () =>
    Effect.gen(function* () {
      const request = yield* requestOf({
        ...{ providerOnly: ["seed"], providerSort: "price/none", noFallbacks: true, user: "it's me" },
        ...{ trace: { a: 1 }, providerOptions: { seed: { x: "y" } } }
      })
      const line = CommandLine.of(request, request, { reference: [], emulator: false })
      expect(line).toContain("--provider-only seed --provider-sort price/none")
      expect(line).toContain(`--provider-options '{"seed":{"x":"y"}}' --no-fallbacks`)
      expect(line).toContain(`--user 'it'\\''s me' --trace '{"a":1}'`)
    })
  )

  it("are named where a preference is wrong", () => {
    expect(optionOf(["provider", "only", 0])).toBe("--provider-only")
    expect(optionOf(["provider", "allowFallbacks"])).toBe("--no-fallbacks")
  })
})

describe("the examples of the help", () => {
  /** Good enough for these: words, and words in single quotes. */
  const wordsOf = (line: string): ReadonlyArray<string> =>
    [...(line.split(" | ")[0] ?? "").matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "")

  const commands = program.commands.flatMap((command) => [command, ...command.commands])

  it.each([...commands, program].flatMap(({ examples }) => [...examples]))("can be typed: %s", (line) => {
    const [name, ...args] = wordsOf(line)
    const command = Either.map(Argv.read(program.commands, args), ({ command }) => command?.name)
    expect(name).toBe(program.name)
    expect(commands.map(({ name }) => name)).toContain(Either.getOrThrow(command))
  })

  it("are one to three for each command", () => {
    for (const { examples, name } of commands) {
      expect([name, examples.length > 0 && examples.length <= 3]).toEqual([name, true])
    }
  })

  it("name options as they are typed", () => {
    expect(["noFallbacks", "providerOnly", "n"].map(flagName)).toEqual(["--no-fallbacks", "--provider-only", "-n"])
  })
})
