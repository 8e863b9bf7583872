import { FetchHttpClient, FileSystem } from "@effect/platform"
import { expect, layer } from "@effect/vitest"
import { Duration, Effect, Layer, Stream } from "effect"
import { Images } from "effect-openrouter-images"
import type * as Testing from "effect-openrouter-images/Testing"
import { Emulator } from "effect-openrouter-images-emulator"
import { clockOf } from "../../../support/clock.js"
import { requestsTo } from "../../../support/emulated.js"
import { faultOf, variables } from "../../../support/variables.js"
import { request } from "./support/outcomes.js"
import { filesOf, noNetwork, recordingIn, server, taped, temporaryFolder } from "./support/taping.js"

layer(server, { excludeTestServices: true })("a cassette", (it) => {
  const under = (environment: Readonly<Record<string, string>>, options: Testing.CassetteOptions) =>
    Effect.map(Emulator.Emulator, ({ baseUrl }) =>
      Layer.provide(taped(options, FetchHttpClient.layer, { baseUrl }), variables(environment))
    )
  const sentBy = <E>(work: Effect.Effect<unknown, E, Emulator.Emulator>) =>
    Effect.gen(function* () {
      const before = yield* requestsTo("/images/models")
      yield* Effect.ignore(work)
      return (yield* requestsTo("/images/models")) - before
    })

  it.scoped("sends nothing unless the variable says so, even where CI is not known", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      for (const environment of [{}, { CI: "true" }, { OPENROUTER_RECORD: "" }]) {
        const listed = Effect.provide(Images.listModels(), yield* under(environment, { folder }))
        expect(yield* sentBy(listed)).toBe(0)
        expect((yield* Effect.flip(listed)).message).toContain("Set OPENROUTER_RECORD=missing to record it")
      }
      expect(yield* filesOf(folder)).toEqual([])
    })
  )

  it.scoped("with OPENROUTER_RECORD=missing sends what has no recording, once", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const listed = Effect.provide(Images.listModels(), yield* under({ OPENROUTER_RECORD: "missing" }, { folder }))
      expect([yield* sentBy(listed), yield* sentBy(listed)]).toEqual([1, 0])
    })
  )

  it.scoped("with OPENROUTER_RECORD=all sends everything", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const listed = Effect.provide(Images.listModels(), yield* under({ OPENROUTER_RECORD: "all" }, { folder }))
      expect([yield* sentBy(listed), yield* sentBy(listed)]).toEqual([1, 1])
    })
  )

  it.scoped("that replays sends nothing, whatever the variable says", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const replaying = yield* under({ OPENROUTER_RECORD: "all" }, { folder, mode: "replay" })
      expect(yield* sentBy(Effect.provide(Images.listModels(), replaying))).toBe(0)
    })
  )

  it.scoped("refuses options and variables that are not valid, by name", () =>
    Effect.gen(function* () {
      const folder = "anywhere"
      const odd = (options: object) => ({ folder, ...options }) as Testing.CassetteOptions
      const refused = (options: Testing.CassetteOptions, environment = {}) =>
        Effect.flatMap(under(environment, options), (layer) => Effect.flip(Effect.provide(Images.listModels(), layer)))
      expect(String(yield* refused({ folder: " " }))).toContain('must be the path of a folder, got " "')
      expect(faultOf(yield* refused({ folder: "" }))).toEqual(["folder", "invalid"])
      expect(faultOf(yield* refused(odd({ mode: "play" })))).toEqual(["mode", "invalid"])
      expect(String(yield* refused(odd({ mode: "play" })))).toContain(
        'must be "auto" or "record" or "replay", got "play"'
      )
      expect(faultOf(yield* refused(odd({ pace: "slow" })))).toEqual(["pace", "invalid"])
      expect(faultOf(yield* refused({ folder }, { OPENROUTER_RECORD: "yes" }))).toEqual([
        "OPENROUTER_RECORD",
        "invalid"
      ])
    })
  )
})

/** Sleeping takes no time, but the clock goes on. The client's own timeout of minutes never comes. */
const leaping = () => {
  const sleeps: Array<number> = []
  let now = 0
  const clock = clockOf(
    () => now,
    (duration) => {
      const millis = Duration.toMillis(duration)
      if (millis >= 60_000) return Effect.never
      sleeps.push(millis)
      now += millis
      return Effect.void
    }
  )
  return { clock, sleeps }
}

layer(server, { excludeTestServices: true })("a replay", (it) => {
  it.scoped("comes at once, or takes as long as the recorded answer took, by the clock", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { baseUrl } = yield* Emulator.Emulator
      const watched = Stream.runDrain(Images.generateStream(request))
      yield* Effect.provide(watched, taped({ folder, mode: "record" }, FetchHttpClient.layer, { baseUrl }))
      const { path, text } = yield* recordingIn(folder)
      const recording = JSON.parse(text)
      recording.response.atMillis = 700
      recording.response.chunks.forEach((chunk: { atMillis: number }, i: number) => {
        chunk.atMillis = 1000 * i
      })
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(path, JSON.stringify(recording))
      const sleepsAt = (pace: "instant" | "recorded") => {
        const { clock, sleeps } = leaping()
        return watched.pipe(
          Effect.provide(taped({ folder, pace }, noNetwork)),
          Effect.withClock(clock),
          Effect.as(sleeps)
        )
      }
      expect(yield* sleepsAt("instant")).toEqual([])
      const later: ReadonlyArray<number> = recording.response.chunks.slice(1).map(() => 1000)
      expect(yield* sleepsAt("recorded")).toEqual([700, ...later])
      expect(later.length).toBeGreaterThan(3)
    })
  )
})
