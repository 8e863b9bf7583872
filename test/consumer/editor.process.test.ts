// What an editor shows to somebody who writes a program with the library, on both lines of Effect: what it completes, the type of
// what is pointed at, and the first line of the compiler's message about a mistake.
import { describe, expect, it } from "@effect/vitest"
import { ImagesSchema } from "effect-openrouter-images"
import ts from "typescript"

const root = new URL("../..", import.meta.url).pathname

const imports = `
import { Effect, Redacted } from "effect"
import { Budget, Catalog, Client, Fallback, Images, RateLimit } from "effect-openrouter-images"
declare const secret: string
`

/** Where the editor's cursor is, or what it points at. */
const cursor = "/*|*/"

/** Completions of text, in quotes, by what is written. */
const completed = {
  "the model of a request": `Images.generate({ model: "${cursor}", prompt: "a red panda" })`,
  "the model of a stream": `Images.generateStream({ model: "${cursor}", prompt: "a red panda" })`,
  "the model of a service": `Effect.map(Images.Images, (images) => images.generate({ model: "${cursor}", prompt: "" }))`,
  "the model whose endpoints are listed": `Images.listModelEndpoints("${cursor}")`,
  "the model of a catalogue": `Catalog.endpoints("${cursor}")`,
  "a step of a fallback": `Fallback.layer(["${cursor}"])`,
  "the model of a step": `Fallback.layer([{ model: "${cursor}" }])`,
  size: `Images.generate({ model: "a/b", prompt: "a red panda", size: "${cursor}" })`,
  aspectRatio: `Images.generate({ model: "a/b", prompt: "a red panda", aspectRatio: "${cursor}" })`,
  resolution: `Images.generate({ model: "a/b", prompt: "a red panda", resolution: "${cursor}" })`
}

/** The types that are shown. A name stands behind that of its module where the program has imported the module. */
const shown = {
  "Images.generate({ model: secret, prompt: secret })":
    "Effect.Effect<ImageGenerationResponse, GenerateError, Images.Images>",
  "Images.generateStream({ model: secret, prompt: secret })":
    "Stream<ImageStreamEvent, GenerateStreamError, Images.Images>",
  "Images.listModels()": "Effect.Effect<ImageModelsListResponse, ListModelsError, Images.Images>",
  'Images.listModelEndpoints("a/b")':
    "Effect.Effect<ImageModelEndpointsResponse, ListModelEndpointsError, Images.Images>",
  "({} as Images.Service).generate({ model: secret, prompt: secret })":
    "Effect.Effect<ImageGenerationResponse, GenerateError, never>",
  "Images.layerFromEnv": "Layer<Images.Images | Client.OpenRouterClient, ConfigError, never>",
  "Budget.layer({ limitUsd: 5 })": "Layer<Images.Images | Budget.Budget, never, Images.Images | Catalog.Catalog>",
  'Fallback.layer(["a/b"])': "Layer<Images.Images, never, Images.Images>",
  "RateLimit.layer({ concurrency: 1 })": "Layer<Images.Images | RateLimit.RateLimit, never, Images.Images>",
  "Effect.gen(function* () { return (yield* Images.generate({ model: secret, prompt: secret })).data })":
    "Effect.Effect<readonly GeneratedImage[], GenerateError, Images.Images>",
  'Effect.catchTag(Images.listModelEndpoints("a/b"), "NotFoundResponseError", () => Effect.succeed(1))':
    "Effect.Effect<number | ImageModelEndpointsResponse, ListModelsError, Images.Images>"
}

/** The first line of the message about a mistake. */
const refused = {
  'Client.layer({ apiKey: "sk-or-v1-secret" })':
    "Type 'string' is not assignable to type 'ApiKey<\"Redacted.make(key)\">'.",
  "Client.layer({ apiKey: secret })": "Type 'string' is not assignable to type 'ApiKey<\"Redacted.make(key)\">'.",
  "Budget.layer({ limit: 5 })":
    "Object literal may only specify known properties, and 'limit' does not exist in type 'Options<\"limitUsd\">'.",
  'Budget.layer({ limitUsd: 5, window: "1day" })':
    "Type '\"1day\"' is not assignable to type 'Window<\"1 day\"> | undefined'.",
  "Budget.layerWithStore({ limit: 5 })":
    "Object literal may only specify known properties, and 'limit' does not exist in type 'Options<\"limitUsd\">'."
}

/** What the compiler takes without a word. */
const taken = [
  "Client.layer({ apiKey: Redacted.make(secret) })",
  'Budget.layer({ limitUsd: 5, window: "1 day" })',
  'Images.generate({ model: "acme/tomorrow", prompt: "a red panda", size: "1344x768", aspectRatio: "7:3" })',
  "Images.generate({ model: secret, prompt: secret, size: secret, aspectRatio: secret })",
  "Images.listModelEndpoints(secret)",
  "Fallback.layer([secret, { model: secret }])"
]

const { options } = ts.convertCompilerOptionsFromJson(
  ts.readConfigFile(`${root}tsconfig.base.json`, ts.sys.readFile).config.compilerOptions,
  root
)

/** An editor with a file in a folder, where the packages of a line of Effect are found. */
const editorIn = (folder: string) => {
  const file = `${folder}program.ts`
  let code = ""
  let version = 0
  const service = ts.createLanguageService({
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    getCompilationSettings: () => ({
      ...options,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
      types: [],
      noUnusedLocals: false
    }),
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [file],
    getScriptSnapshot: (name) => {
      const text = name === file ? code : ts.sys.readFile(name)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getScriptVersion: (name) => (name === file ? String(version) : "0")
  })
  const write = (line: string) => {
    code = `${imports}export const it = ${line.replace(cursor, "")}\n`
    version += 1
    return imports.length + "export const it = ".length
  }
  return {
    completions: (line: string) => {
      const start = write(line)
      const found = service.getCompletionsAtPosition(file, start + line.indexOf(cursor), undefined)
      return (found?.entries ?? []).map(({ name }) => name)
    },
    typeOf: (expression: string) => {
      const start = write(expression)
      const info = service.getQuickInfoAtPosition(file, start - "it = ".length)
      return ts.displayPartsToString(info?.displayParts).replace("const it: ", "")
    },
    messages: (expression: string) => {
      write(expression)
      return service
        .getSemanticDiagnostics(file)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n").split("\n")[0])
    }
  }
}

/** The values that an editor has to offer, by what is written. */
const offered = (place: string): ReadonlyArray<string> => {
  if (place === "size") return ImagesSchema.Size.known
  if (place === "aspectRatio") return ImagesSchema.AspectRatio.known
  return place === "resolution" ? ImagesSchema.Resolution.known : ImagesSchema.Model.known
}

describe.each([
  ["Effect 3", root],
  ["Effect 4", `${root}effect4/`]
])("an editor, on %s,", (_, folder) => {
  const editor = editorIn(folder)

  it.each(Object.entries(completed))("completes %s", (place, line) => {
    expect(offered(place).length).toBeGreaterThan(5)
    expect(editor.completions(line)).toEqual(expect.arrayContaining([...offered(place)]))
  })

  it.each(Object.entries(shown))("shows the type of %s in its own words", (expression, type) => {
    expect(editor.messages(expression)).toEqual([])
    expect(editor.typeOf(expression)).toBe(type)
  })

  it.each(Object.entries(refused))("says of %s what is right", (expression, message) => {
    expect(editor.messages(expression)).toEqual([message])
  })

  it.each(taken)("takes %s", (expression) => {
    expect(editor.messages(expression)).toEqual([])
  })
})
