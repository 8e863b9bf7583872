import { execFileSync } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Provenance } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { billed, folder, overStdio } from "./support/agents.js"

const seedream = "bytedance-seed/seedream-4.0"

/** The value of a line of an answer. */
const lineOf = (text: string, label: string): string => new RegExp(`^${label}: (.*)$`, "m").exec(text)?.[1] ?? ""

/** An agent, and its folder. */
const agent = (...more: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const out = yield* folder
    const args = ["--output", join(out, "pictures"), "--budget-file", join(out, "budget.json"), ...more]
    return { ...(yield* overStdio({ args })), out: join(out, "pictures"), home: out }
  })

describe("the tools", () => {
  layer(Layer.merge(Emulator.layerServer(), NodeContext.layer), { excludeTestServices: true })((it) => {
    it.scoped("say what they do, and what they take", () =>
      Effect.gen(function* () {
        const { client } = yield* agent()
        const { tools } = yield* Effect.promise(() => client.listTools())
        expect(tools.map(({ name }) => name).sort()).toEqual([
          ...["edit", "gallery", "generate", "generation_cost", "list_models", "quote"]
        ])
        for (const { description = "", inputSchema } of tools) {
          expect(description.length).toBeGreaterThan(40)
          for (const parameter of Object.values(inputSchema.properties ?? {}))
            expect(parameter).toMatchObject({
              title: expect.stringMatching(/^[A-Z][a-z ]+$/),
              description: expect.any(String)
            })
        }
        const generate = tools.find(({ name }) => name === "generate")
        expect(generate?.inputSchema.required).toEqual(["prompt"])
        expect(generate?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: false })
      })
    )

    it.scoped("generate: saves the picture, says what it cost, and shows a small preview", () =>
      Effect.gen(function* () {
        const { call, out } = yield* agent()
        const emulator = yield* Emulator.Emulator
        const { characters, images, isError, text } = yield* call("generate", {
          ...{ prompt: "a red panda", model: seedream, n: 2, aspect_ratio: "16:9", seed: 7 }
        })
        expect([isError, text]).toEqual([false, expect.stringContaining("cost: $0.06")])
        const paths = [...text.matchAll(/^picture: (.*)$/gm)].map(([, path = ""]) => path)
        expect(paths.map((path) => path.startsWith(`${out}/a-red-panda-`))).toEqual([true, true])
        expect(text).toMatch(/^size: image\/png, \d+ x \d+ pixels, /m)
        expect(lineOf(text, "model")).toBe(seedream)
        const [entry] = (yield* emulator.ledger).slice(-1)
        expect(lineOf(text, "generation")).toBe(entry?.generationId)
        expect(entry).toMatchObject({ pictures: 2, costUsd: 0.06, prompt: "a red panda" })
        const provenance = yield* Effect.flatten(Provenance.readFile(paths[0] ?? ""))
        expect(provenance).toMatchObject({ prompt: "a red panda", generationId: entry?.generationId, costUsd: 0.03 })
        expect(images.map(({ mimeType }) => mimeType)).toEqual(["image/webp", "image/webp"])
        expect(characters).toBeLessThan(70_000)
      })
    )

    it.scoped("generate: says where a picture is not what was asked for", () =>
      Effect.gen(function* () {
        const { call } = yield* agent()
        const request = { prompt: "a red panda", model: seedream, size: "1024x1024" }
        yield* call("quote", request) // which takes the prices, so that the fault is the generation's
        yield* (yield* Emulator.Emulator).script([{ _tag: "Deviate", height: 768 }])
        const { isError, text } = yield* call("generate", request)
        expect([isError, lineOf(text, "differs")]).toEqual([false, "asked 1024x1024, got 1024x768"])
      })
    )

    it.scoped("never answers with much more than 64 KiB, however many and large the pictures are", () =>
      Effect.gen(function* () {
        const { call } = yield* agent("--budget", "5")
        const request = { prompt: "a crowded market with a thousand lanterns", model: seedream, n: 6, resolution: "2K" }
        const { characters, images, isError } = yield* call("generate", request)
        expect([isError, images.length]).toEqual([false, 6])
        expect(images.reduce((sum, { data }) => sum + data.length, 0)).toBeLessThanOrEqual(64 * 1024)
        expect(characters).toBeLessThan(70_000)
      })
    )

    it.scoped("edit: takes a picture by its name in the gallery or by its path, and leaves it as it is", () =>
      Effect.gen(function* () {
        const { call, home, out } = yield* agent()
        yield* call("generate", { prompt: "a red panda", model: seedream })
        const [name = ""] = readdirSync(out)
        const original = readFileSync(join(out, name))
        const byName = yield* call("edit", { picture: name, prompt: "the same, at dusk", model: seedream })
        const byPath = yield* call("edit", { picture: join(out, name), prompt: "the same, in snow", model: seedream })
        expect([byName.isError, byPath.isError]).toEqual([false, false])
        expect(readFileSync(join(out, name)).equals(original)).toBe(true)
        const file = lineOf(byName.text, "picture")
        const { request } = yield* Effect.flatten(Provenance.readFile(file))
        expect(request.inputReferences).toHaveLength(1)
        writeFileSync(join(home, "outside.png"), original)
        const refused = yield* call("edit", { picture: join(home, "outside.png"), prompt: "x", model: seedream })
        expect(refused).toMatchObject({ isError: true, text: expect.stringContaining("--allow") })
      })
    )

    it.scoped("generate: takes references from folders that are allowed", () =>
      Effect.gen(function* () {
        const allowed = yield* folder
        const { call, out } = yield* agent("--allow", allowed)
        yield* call("generate", { prompt: "a paper boat", model: seedream })
        const [name = ""] = readdirSync(out)
        writeFileSync(join(allowed, "boat.png"), readFileSync(join(out, name)))
        for (const references of [["boat.png"], [join(allowed, "boat.png"), name]]) {
          const made = yield* call("generate", { prompt: "the same boat", model: seedream, references })
          expect(made).toMatchObject({ isError: false })
        }
      })
    )

    it.scoped("quote: says what it may cost and what is left, and sends nothing", () =>
      Effect.gen(function* () {
        const { call } = yield* agent("--budget", "2", "--ask-above", "0.05")
        const before = yield* billed
        const cheap = yield* call("quote", { prompt: "a red panda", model: seedream })
        expect(cheap.text).toMatch(/^price: \$0\.03$/m)
        expect(lineOf(cheap.text, "asks the person")).toBe("no")
        expect(lineOf(cheap.text, "budget")).toBe("$2 is left; the limit is $2 in any 1d")
        const dear = yield* call("quote", { prompt: "a red panda", model: seedream, n: 2 })
        expect(lineOf(dear.text, "asks the person")).toBe("yes")
        expect(yield* billed).toBe(before)
      })
    )

    it.scoped("list_models: lists ids, prices and parameters", () =>
      Effect.gen(function* () {
        const { call } = yield* agent()
        const all = yield* call("list_models")
        expect(lineOf(all.text, seedream)).toMatch(/^\$0\.03; .*references/)
        const some = yield* call("list_models", { search: "Seedream" })
        expect(some.text.split("\n").every((line) => line.includes("seedream"))).toBe(true)
        expect((yield* call("list_models", { search: "no such thing" })).text).toContain("No model fits")
      })
    )

    it.scoped("generation_cost: says what a generation cost, and that no record proves nothing", () =>
      Effect.gen(function* () {
        const { call } = yield* agent()
        const made = yield* call("generate", { prompt: "a paper boat", model: seedream })
        const known = yield* call("generation_cost", { generation_id: lineOf(made.text, "generation") })
        expect(known).toMatchObject({ isError: false, text: expect.stringContaining("cost: $0.03\nbilled: yes") })
        const unknown = yield* call("generation_cost", { generation_id: "gen-img-1-nothing" })
        expect(unknown.text).toContain("not known")
      })
    )

    it.scoped("gallery: lists the newest pictures, and nothing where there is none", () =>
      Effect.gen(function* () {
        const { call, out } = yield* agent()
        expect((yield* call("gallery")).text).toContain("There are no pictures")
        yield* call("generate", { prompt: "a paper boat", model: seedream, n: 2 })
        writeFileSync(join(out, "notes.txt"), "no picture")
        const { text } = yield* call("gallery", { limit: 1 })
        expect(text).toMatch(
          /a-paper-boat-\S+: \d+ x \d+ pixels; .*\$0\.03 \(emulated\).*"a paper boat"\nmore: 1 older/
        )
        expect(text).not.toContain("notes.txt")
      })
    )

    it.scoped("refuse parameters that they do not have, by name: nothing lifts the budget", () =>
      Effect.gen(function* () {
        const { call, out } = yield* agent()
        const before = yield* billed
        for (const more of [{ budget: 100 }, { output: "/tmp" }, { ask_above: 100 }, { n: 11 }, { prompt: "" }]) {
          const answer = yield* call("generate", { prompt: "a red panda", model: seedream, ...more })
          const [name = ""] = Object.keys(more)
          expect(answer).toMatchObject({
            isError: true,
            text: expect.stringMatching(new RegExp(`^arguments: ${name}: `))
          })
        }
        expect([yield* billed, existsSync(out) && readdirSync(out).length]).toEqual([before, 0])
      })
    )

    it.scoped("say what a failure cost, and what may have been meant", () =>
      Effect.gen(function* () {
        const { call } = yield* agent()
        const emulator = yield* Emulator.Emulator
        const mistyped = yield* call("generate", { prompt: "a red panda", model: "bytedance-seed/sedream-4.0" })
        expect(mistyped.text).toContain("Nothing was billed.")
        expect(mistyped.text).toContain("did you mean bytedance-seed/seedream-4.0")
        const request = { prompt: "a red panda", model: "openai/gpt-image-1-mini" }
        yield* call("quote", request) // which takes the prices, so that the fault is the generation's
        yield* emulator.script([{ _tag: "Reset", at: "body", afterCompletion: true }])
        const broken = yield* call("generate", request)
        expect(broken).toMatchObject({ isError: true, text: expect.stringMatching(/cost: .*(unknown|not known|may)/i) })
        const [entry] = (yield* emulator.ledger).slice(-1)
        const cost = yield* call("generation_cost", { generation_id: entry?.generationId })
        expect(cost.text).toContain("billed: yes")
      })
    )

    it.scoped("gallery: reads no pipe, no device, no link out, and nothing enormous", () =>
      Effect.gen(function* () {
        const { call, out } = yield* agent()
        yield* call("generate", { prompt: "a boat", model: seedream })
        const [picture = ""] = readdirSync(out)
        writeFileSync(join(out, "drawn.svg"), "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>")
        for (const pipe of ["results.jsonl", "drawn.svg.xmp", "pipe.png"]) execFileSync("mkfifo", [join(out, pipe)])
        copyFileSync(join(out, picture), join(out, "enormous.png"))
        truncateSync(join(out, "enormous.png"), 101 * 1024 * 1024)
        const { isError, text } = yield* call("gallery")
        expect([isError, text.split("\n").map((line) => line.split(":")[0])]).toEqual([
          false,
          ["folder", picture, "drawn.svg"]
        ])
      })
    )

    it.scoped("gallery, edit: follow no link that is put in the place of the folder", () =>
      Effect.gen(function* () {
        const { call, home, out } = yield* agent()
        yield* call("generate", { prompt: "a boat", model: seedream })
        renameSync(out, join(home, "private"))
        symlinkSync(join(home, "private"), out)
        const before = yield* billed
        const [picture = ""] = readdirSync(out)
        const edited = yield* call("edit", { prompt: "a hat", picture, model: seedream })
        expect(edited.text).toContain("is no file in the folders that this server may read")
        expect((yield* call("gallery")).text).not.toContain("a-boat")
        expect(yield* billed).toBe(before)
      })
    )

    it.scoped("read no more references than one call may hold in memory", () =>
      Effect.gen(function* () {
        const { call, out } = yield* agent()
        yield* call("generate", { prompt: "a boat", model: seedream })
        const [picture = ""] = readdirSync(out)
        truncateSync(join(out, picture), 20 * 1024 * 1024)
        const quoted = (count: number) =>
          call("quote", { prompt: "a hat", model: seedream, references: new Array(count).fill(picture) })
        expect(yield* quoted(2)).toMatchObject({ isError: false })
        expect(yield* quoted(3)).toMatchObject({ isError: true, text: expect.stringContaining("41.9 MB together") })
      })
    )

    it.scoped("say what is wrong without repeating all of it", () =>
      Effect.gen(function* () {
        const { call } = yield* agent()
        const { isError, text } = yield* call("generate", { prompt: "x".repeat(1_000_000) })
        expect([isError, text.startsWith("arguments: prompt: "), text.length < 1000]).toEqual([true, true, true])
      })
    )
  })
})
