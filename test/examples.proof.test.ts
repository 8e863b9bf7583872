import { Command, FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const root = new URL("..", import.meta.url).pathname

type Environment = Readonly<Record<string, string | undefined>>

/** Runs an example in a folder of its own, as `node` would; gives how it ended, what it printed and the files that it left. */
const start = (name: string, dist: string, environment: Environment) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = yield* fs.makeTempDirectoryScoped()
    const command = Command.make(process.execPath, path.join(root, dist, `${name}.js`)).pipe(
      Command.workingDirectory(folder),
      Command.env(environment)
    )
    const child = yield* Command.start(command)
    const text = (stream: typeof child.stdout) => stream.pipe(Stream.decodeText(), Stream.mkString)
    const [printed, said] = yield* Effect.all([text(child.stdout), text(child.stderr)], { concurrency: 2 })
    const files = yield* Effect.forEach(yield* fs.readDirectory(folder), (file) =>
      Effect.map(fs.readFile(path.join(folder, file)), (bytes) => ({ file, image: GeneratedImage.make(bytes) }))
    )
    return { exitCode: yield* child.exitCode, printed, said, files }
  })

/** The same for an example that succeeds. */
const run = (name: string, dist = "examples/dist", environment: Environment = {}) =>
  Effect.tap(start(name, dist, environment), ({ exitCode, said }) => expect(exitCode, said).toBe(0))

/** The same for one that calls the API of its environment, with the emulator in the API's place. */
const runOnServer = (name: string, dist?: string) =>
  Effect.flatMap(Emulator.Emulator, ({ baseUrl }) =>
    run(name, dist, { OPENROUTER_API_KEY: "any-key-will-do", OPENROUTER_BASE_URL: baseUrl })
  ).pipe(Effect.provide(Emulator.layerServer()))

/** What the first program says where it has no key. */
const withoutKey = {
  exitCode: 1,
  printed: "",
  said: expect.stringMatching(
    /^ConfigError\nwhat {8}OPENROUTER_API_KEY is not set\. Get a key at .*emulator.*takes any text as a key\.\n$/
  ),
  files: []
}

/** What image-model prints: its budget has room for the first poster. */
const drawnByTwo = "Paper Boats.png by openrouter for $0.03\nThe Red Panda.svg by sketch\n"

describe("the examples", () => {
  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    it.scoped("first-picture saves a picture and says what it cost", () =>
      Effect.gen(function* () {
        const { files, printed } = yield* runOnServer("first-picture")
        expect(printed).toMatch(/^panda-0\.png .*1024.*\$0\.04/s)
        expect(files.map(({ file, image }) => [file, image.dimensions])).toEqual([
          ["panda-0.png", { width: 1024, height: 1024 }]
        ])
      })
    )

    it.scoped("first-picture says how to get a key, without a stack", () =>
      Effect.map(start("first-picture", "examples/dist", { OPENROUTER_API_KEY: undefined }), (ended) =>
        expect(ended).toEqual(withoutKey)
      )
    )

    it.scoped("money shows what each failure cost, and never pays twice for one call", () =>
      Effect.gen(function* () {
        const { printed } = yield* run("money")
        expect(printed).toMatch(/busy twice, then free: a picture for \$0\.04/)
        expect(printed.match(/It is not known whether the generation was billed/g)).toHaveLength(2)
        expect(printed).toMatch(/1 whole picture is in `images`/)
        expect(printed).toMatch(/billed: 4 generations for 4 calls/)
      })
    )

    it.scoped("previews shows the picture come and saves it", () =>
      Effect.gen(function* () {
        const { files, printed } = yield* run("previews")
        expect(printed).toMatch(/^at work for (\d+s )?\d+ms\n/)
        expect(printed.match(/preview \d/g)).toEqual(["preview 0", "preview 1", "preview 2"])
        expect(printed).toMatch(/the picture, for \$0\.16\d+: lighthouse\.png\n$/)
        expect(files.map(({ file, image }) => [file, image.dimensions?.width])).toEqual([
          ["lighthouse-preview.png", 1024],
          ["lighthouse.png", 1024]
        ])
      })
    )

    it.scoped("album stays within its budget by going on with a cheaper model", () =>
      Effect.gen(function* () {
        const { files, printed } = yield* run("album")
        expect(printed).toMatch(/^a picture may cost \$0\.03\n/)
        expect(printed.match(/by bytedance-seed\/seedream-4\.0 for \$0\.03/g)).toHaveLength(2)
        expect(printed.match(/by krea\/krea-2 for \$0\.01/g)).toHaveLength(2)
        expect(printed).toMatch(/spent \$0\.08, left \$0\n$/)
        expect(files).toHaveLength(4)
      })
    )

    it.scoped("telemetry prints a span for each call, with its cost or its failure, and the metrics", () =>
      Effect.gen(function* () {
        const { printed } = yield* run("telemetry")
        expect(printed.match(/name: 'generate_content krea\/krea-2'/g)).toHaveLength(2)
        expect(printed).toMatch(/'openrouter\.attempts': 2,\n +'openrouter\.images': 1/)
        expect(printed).toMatch(/'openrouter\.cost_usd': 0\.01/)
        expect(printed).toMatch(/'error\.type': 'PaymentRequiredResponseError',\n +'openrouter\.billing': 'notBilled'/)
        expect(printed).toMatch(/name: 'gen_ai\.client\.operation\.duration'[\s\S]*unit: 's'/)
        expect(printed).not.toMatch(/paper (boat|plane)/)
      })
    )

    it.scoped("language-model draws until its budget is used up, is told so, and answers in words", () =>
      Effect.gen(function* () {
        const { files, printed } = yield* run("language-model/main")
        expect(printed.match(/^drawn: .*"costUsd":0\.03}$/gm)).toHaveLength(2)
        expect(printed.match(/^refused: .*$/gm)).toEqual([expect.stringContaining('"reason":"budgetExceeded"')])
        expect(printed).toMatch(/meadow in spring and summer, but not autumn and winter, for the budget is used up/)
        expect(printed).toMatch(/spent \$0\.06, left \$0\.01\n$/)
        expect(files.map(({ image }) => image.mediaType)).toEqual(["image/png", "image/png"])
        expect(printed.length).toBeLessThan(1000)
      })
    )

    it.scoped("image-model draws by OpenRouter while its budget lasts, and by another provider from then on", () =>
      Effect.gen(function* () {
        const { files, printed } = yield* run("image-model/main")
        expect(printed).toBe(drawnByTwo)
        expect(files.map(({ image }) => image.dimensions)).toEqual([
          { width: 1024, height: 1024 },
          { width: 1024, height: 1024 }
        ])
      })
    )

    it.scoped("rpc gets a picture, its previews and an error from a server", () =>
      Effect.gen(function* () {
        const { printed } = yield* run("rpc/main")
        expect(printed).toMatch(/^image\/png \{ width: 1024, height: 1024 \} \d+ bytes for \$0\.03$/m)
        expect(printed).toMatch(/PartialImage\nPartialImage\nPartialImage\nCompleted\n/)
        expect(printed).toMatch(/no model "nobody\/nothing" makes pictures.*\(notBilled\)/)
      })
    )

    it.scoped("http-api serves its page, and none of the emulator's", () =>
      Effect.gen(function* () {
        const path = yield* Path.Path
        const program = path.join(root, "examples", "dist", "http-api", "main.js")
        const child = yield* Command.start(Command.make(process.execPath, program))
        const says = yield* child.stdout.pipe(
          Stream.decodeText(),
          Stream.splitLines,
          Stream.filterMap((line) => Option.fromNullable(/http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0])),
          Stream.runHead
        )
        const origin = yield* says
        const statusOf = (at: string) => Effect.promise(async () => (await fetch(`${origin}${at}`)).status)
        expect(yield* statusOf("/")).toBe(200)
        expect(yield* statusOf("/emulator/ledger")).toBe(404)
      })
    )

    it.scoped("references makes a picture from a picture", () =>
      Effect.gen(function* () {
        const { printed } = yield* run("references")
        expect(printed).toMatch(/width: 1184, height: 888/)
      })
    )
  })
})

describe("the examples for Effect 4", () => {
  const dist4 = "examples/effect4/dist/src"
  const runOn4 = (name: string) => run(name, dist4)

  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    it.scoped("first-picture saves a picture and says what it cost", () =>
      Effect.gen(function* () {
        const { files, printed } = yield* runOnServer("first-picture", dist4)
        expect(printed).toBe("panda-0.png { width: 1024, height: 1024 } $0.04\n")
        expect(files.map(({ file }) => file)).toEqual(["panda-0.png"])
      })
    )

    it.scoped("first-picture says how to get a key, without a stack", () =>
      Effect.map(start("first-picture", dist4, { OPENROUTER_API_KEY: undefined }), (ended) =>
        expect(ended).toEqual(withoutKey)
      )
    )

    it.scoped("errors shows what each failure cost", () =>
      Effect.gen(function* () {
        const { printed } = yield* runOn4("errors")
        expect(printed).toMatch(/^too many requests: they are busy \(notBilled\)\n/)
        expect(printed).toMatch(/ForbiddenResponseError \(403\) in generate[\s\S]*Nothing was billed/)
        expect(printed).toMatch(/It is not known whether the generation was billed/)
        expect(printed).toMatch(/no fault: a picture for \$0\.04\nbilled: 2 generations for 4 calls\n$/)
      })
    )

    it.scoped("streaming shows the picture come and saves it", () =>
      Effect.gen(function* () {
        const { files, printed } = yield* runOn4("streaming")
        expect(printed).toMatch(/^preview 0\npreview 1\npreview 2\nlighthouse\.png for \$0\.16\d+\n$/)
        expect(files.map(({ file }) => file)).toEqual(["lighthouse-preview.png", "lighthouse.png"])
      })
    )

    it.scoped("budget sends nothing that it cannot pay", () =>
      Effect.gen(function* () {
        const { printed } = yield* runOn4("budget")
        expect(printed).toMatch(/autumn: too dear \(notBilled\)\nspent \$0\.06, left \$0\.01\n$/)
      })
    )

    it.scoped("tool draws for a language model", () =>
      Effect.gen(function* () {
        const { files, printed } = yield* runOn4("tool")
        expect(printed).toBe('drawn: {"file":"picture.png","costUsd":0.01}\nHere is your paper boat.\n')
        expect(files.map(({ image }) => image.mediaType)).toEqual(["image/png"])
      })
    )

    it.scoped("image-model draws by OpenRouter while its budget lasts, and by another provider from then on", () =>
      Effect.gen(function* () {
        const { printed } = yield* runOn4("image-model/main")
        expect(printed).toBe(drawnByTwo)
      })
    )

    it.scoped("have tests that pass", () =>
      Effect.gen(function* () {
        const path = yield* Path.Path
        const vitest = path.join("node_modules", "vitest", "vitest.mjs")
        const command = Command.make(process.execPath, vitest, "run", "--dir", "test", "--reporter", "tap")
        const here = Command.workingDirectory(command, path.join(root, "examples", "effect4"))
        const printed = yield* Command.string(here)
        const passed = [...printed.matchAll(/^ok \d+ - test\/(\w+)\.test\.ts/gm)].map(([, name]) => name)
        expect(passed.sort()).toEqual(["imageModel", "poster"])
        expect(printed).not.toMatch(/not ok/)
      })
    )
  })
})
