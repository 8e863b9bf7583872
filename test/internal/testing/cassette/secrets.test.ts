import { FetchHttpClient, FileSystem, HttpClient, HttpClientResponse, Path } from "@effect/platform"
import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { withFault } from "../../../support/emulated.js"
import { logged } from "../../../support/logged.js"
import { request } from "./support/outcomes.js"
import { filesOf, key, noNetwork, recordingIn, server, taped, temporaryFolder } from "./support/taping.js"

const session = "5e55104c00k1e"
const user = "user_2aF9kQ7"

const code = (character: string) => character.charCodeAt(0).toString(16).padStart(4, "0")

/** A text as it stands within a string of JSON. */
const within = (text: string) => JSON.stringify(text).slice(1, -1)

/** The key as JSON may spell it, also within a string of JSON, and within a string of that. */
const spellings = [
  key,
  key.replaceAll("/", "\\/"),
  key.replaceAll("-", "\\u002d"),
  key.replaceAll("-", "\\u002D").replaceAll("/", "\\/"),
  Array.from(key, (character) => `\\u${code(character)}`).join(""),
  within(key.replaceAll("/", "\\/")),
  within(within(key.replaceAll("-", "\\u002d")))
]

const body = [
  '{"error":{"code":401,"message":"no ',
  spellings.join(" "),
  ` for ${user}","metadata":{"raw":"${within(`{"user_id":"${user}","org_id": "o-1"}`)}","${key}":1}},`,
  `"user_id":"${user}"}`
].join("")

/** All bytes of a folder as text, as read by somebody who undoes every escape. */
const readAll = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const texts = yield* Effect.forEach(yield* filesOf(folder), (name) =>
      Effect.map(fs.readFile(paths.join(folder, name)), (bytes) => name + new TextDecoder("latin1").decode(bytes))
    )
    const text = texts.join("\n")
    const plain = text.replace(/\\+u([0-9a-fA-F]{4})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16))
    )
    return `${text}\n${plain.replaceAll("\\", "")}`
  })

layer(server, { excludeTestServices: true })("no secret reaches the folder:", (it) => {
  const recorded = (fault: object, headers: Readonly<Record<string, string>> = {}) =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { baseUrl } = yield* Emulator.Emulator
      const live = taped({ folder, mode: "record" }, FetchHttpClient.layer, { baseUrl })
      const { headers: own } = withFault(fault)
      const error = yield* Effect.flip(
        Effect.provide(
          Images.generate({ ...request, prompt: `do not write ${key}` }, { headers: { ...own, ...headers } }),
          live
        )
      )
      return { error, folder, text: yield* readAll(folder) }
    })

  it.scoped("not the key in any spelling, not a cookie, not the id of an account", () =>
    Effect.gen(function* () {
      const headers = { "set-cookie": `session=${session}; Path=/`, "x-account": user, "x-generation-id": `gen-${key}` }
      const fault = { _tag: "Status", status: 401, text: `${body}${session}`, headers }
      const { text } = yield* recorded(fault, { cookie: `theme=dark; session=${session}` })
      expect(text).toContain("<redacted>")
      for (const secret of [key, session, user, "o-1", "x-account", "set-cookie", "cookie"])
        expect(text).not.toContain(secret)
    })
  )

  it.scoped("and what is left is replayed", () =>
    Effect.gen(function* () {
      const headers = { "content-type": "application/json" }
      const { error, folder } = yield* recorded({ _tag: "Status", status: 401, text: body, headers })
      const asked = Images.generate({ ...request, prompt: `do not write ${key}` })
      const replayed = yield* Effect.flip(Effect.provide(asked, taped({ folder }, noNetwork)))
      const told = ({ _tag, ...fields }: typeof error) => [_tag, "userId" in fields ? fields.userId : undefined]
      expect(told(error)).toEqual(["UnauthorizedResponseError", user])
      expect(told(replayed)).toEqual(["UnauthorizedResponseError", "<redacted>"])
    })
  )

  it.scoped("nor a picture that holds one: its answer comes, and the log says why it is not recorded", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const svg = `<svg xmlns="http://www.w3.org/2000/svg"><desc>${key}</desc></svg>`
      const answer = { created: 1748372400, data: [{ b64_json: Buffer.from(svg).toString("base64") }] }
      const network = Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make((request) =>
          Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(JSON.stringify(answer))))
        )
      )
      const made = Effect.provide(Images.generate(request), taped({ folder, mode: "record" }, network))
      const [{ data }, lines] = yield* logged(made)
      expect(data[0]?.mediaType).toBe("image/svg+xml")
      expect(yield* filesOf(folder)).toEqual([])
      expect(lines).toEqual([
        [
          "Warning",
          expect.stringMatching(/^The cassette .* has not recorded post-.*: a picture in the answer contains a secret$/)
        ]
      ])
    })
  )

  it.scoped("and no other head than those that this library reads", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { baseUrl } = yield* Emulator.Emulator
      yield* Effect.provide(Images.listModels(), taped({ folder, mode: "record" }, FetchHttpClient.layer, { baseUrl }))
      const { response } = JSON.parse((yield* recordingIn(folder)).text)
      expect(Object.keys(response.headers)).toEqual(["content-type"])
    })
  )
})
