import { FetchHttpClient, FileSystem, Path } from "@effect/platform"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { request } from "./support/outcomes.js"
import { filesOf, noNetwork, recordingIn, server, taped, temporaryFolder } from "./support/taping.js"

interface Json {
  readonly [name: string]: unknown
}

layer(server, { excludeTestServices: true })(
  "a folder that somebody changed is refused by the name of the file:",
  (it) => {
    /** A recorded generation, and what its replay fails with after a change of its files. */
    const failureAfter = (
      change: (files: {
        readonly json: string
        readonly png: string
        readonly text: string
      }) => Effect.Effect<unknown, unknown, FileSystem.FileSystem>
    ) =>
      Effect.gen(function* () {
        const paths = yield* Path.Path
        const folder = yield* temporaryFolder
        const { baseUrl } = yield* Emulator.Emulator
        yield* Effect.provide(
          Images.generate(request),
          taped({ folder, mode: "record" }, FetchHttpClient.layer, { baseUrl })
        )
        const [png = ""] = yield* filesOf(folder)
        const { path, text } = yield* recordingIn(folder)
        yield* change({ json: path, png: paths.join(folder, png), text })
        const replay = Effect.provide(Images.generate(request), taped({ folder }, noNetwork))
        const { message } = yield* Effect.flip(replay)
        return { message, json: path, png: paths.join(folder, png) }
      })

    const writing = (path: string, text: string) =>
      Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(path, text))
    const editing = (edit: (recording: Json) => Json) => (files: { readonly json: string; readonly text: string }) =>
      writing(files.json, JSON.stringify(edit(JSON.parse(files.text) as Json)))

    it.scoped("JSON that is broken", () =>
      Effect.gen(function* () {
        const { json, message } = yield* failureAfter(({ json, text }) => writing(json, text.slice(0, -40)))
        expect(message).toContain(`${json} is not JSON: `)
      })
    )

    it.scoped("a format that this version does not know", () =>
      Effect.gen(function* () {
        const { json, message } = yield* failureAfter(editing((recording) => ({ ...recording, version: 2 })))
        expect(message).toContain(`${json} has version 2; this library reads version 1`)
      })
    )

    it.scoped("fields that make no sense, each of them", () =>
      Effect.gen(function* () {
        const odd = { atMillis: -1, status: 42, headers: {}, chunks: [{ atMillis: 0, as: "gif", content: "" }] }
        const { json, message } = yield* failureAfter(editing((recording) => ({ ...recording, response: odd })))
        expect(message).toContain(`${json} is no recording: `)
        for (const field of [
          "response.atMillis: must be milliseconds from 0 on, got -1",
          "response.status: must be an HTTP status",
          "response.chunks.0.as: "
        ])
          expect(message).toContain(field)
      })
    )

    it.scoped("nothing recorded in it", () =>
      Effect.gen(function* () {
        const { message } = yield* failureAfter(editing(({ request, version }) => ({ request, version })))
        expect(message).toContain("must have a response, a failure or isInterrupted")
      })
    )

    it.scoped("another request than the one that it is named after", () =>
      Effect.gen(function* () {
        const changed = { method: "POST", path: "/api/v1/images", body: { ...request, prompt: "a paper ship" } }
        const { message } = yield* failureAfter(editing((recording) => ({ ...recording, request: changed })))
        expect(message).toMatch(/post-\S+\.json was changed, and is not a recording of the request/)
        expect(message).toContain('body.prompt: recorded "a paper ship", requested "a paper boat"')
      })
    )

    it.scoped("a picture that is missing", () =>
      Effect.gen(function* () {
        const { message, png } = yield* failureAfter(({ png }) =>
          Effect.flatMap(FileSystem.FileSystem, (fs) => fs.remove(png))
        )
        expect(message).toContain(`${png} is missing; post-api-v1-images-`)
      })
    )

    it.scoped("a picture that was changed by hand", () =>
      Effect.gen(function* () {
        const { message, png } = yield* failureAfter(({ png }) => writing(png, "another picture"))
        expect(message).toContain(`${png} is not the picture that was recorded: it was changed`)
      })
    )

    it.scoped("a picture outside of the folder", () =>
      Effect.gen(function* () {
        const { json, message } = yield* failureAfter(({ json, text }) =>
          writing(json, text.replace(/"picture": "[^"]*"/, '"picture": "../secret.png"'))
        )
        expect(message).toContain(`${json} names a picture outside of the folder: "../secret.png"`)
      })
    )

    it.scoped("a broken file does not hide another recording", () =>
      Effect.gen(function* () {
        const paths = yield* Path.Path
        const folder = yield* temporaryFolder
        const { baseUrl } = yield* Emulator.Emulator
        const live = taped({ folder, mode: "record" }, FetchHttpClient.layer, { baseUrl })
        yield* Effect.provide(Images.listModels(), live)
        yield* writing(paths.join(folder, "a.json"), "{")
        yield* Effect.provide(Images.listModels(), taped({ folder }, noNetwork))
        const { message } = yield* Effect.flip(Effect.provide(Images.generate(request), taped({ folder }, noNetwork)))
        expect(message).toContain("the nearest is get-api-v1-images-models-")
      })
    )
  }
)
