/** An HttpClient that records what comes, and replays what was recorded. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type * as Path from "@effect/platform/Path"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { bestEffort } from "../../layer/bestEffort.js"
import { sortedJson } from "../../request/key.js"
import { type Answer, toRecording } from "./answer.js"
import { nearest } from "./difference.js"
import { type Folder, makeFolder, type Playable } from "./folder.js"
import { noAnswer } from "./noAnswer.js"
import { type Options, type Records, settingsOf, variable } from "./options.js"
import { record } from "./record.js"
import type { Request } from "./recording.js"
import { play } from "./replay.js"
import { recordedRequest, stemOf } from "./request.js"
import { makeRedact, secretsOfRequest } from "./secrets.js"
import { Unusable } from "./unusable.js"

type Send = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError>

interface Cassette {
  readonly folder: string
  readonly store: Folder
  readonly count: (stem: string) => Effect.Effect<number>
  readonly records: Records
  readonly isAuto: boolean
  readonly pace: "instant" | "recorded"
}

/** Counts equal requests: the first is recorded under 1. */
const makeCounter = () => {
  const counts = new Map<string, number>()
  return (stem: string): Effect.Effect<number> =>
    Effect.sync(() => {
      const count = (counts.get(stem) ?? 0) + 1
      counts.set(stem, count)
      return count
    })
}

/**
 * Why there is no recording, and how to get one. How often a request came says nothing: a client may have retried after
 * the first failure.
 */
const explainMissing = (
  { folder, isAuto, store }: Pick<Cassette, "folder" | "isAuto" | "store">,
  stem: string,
  request: Request
): Effect.Effect<string, Unusable> =>
  Effect.map(store.requests, (all) => {
    const { method, path } = request
    const equal = all.filter(({ name }) => name.startsWith(`${stem}-`)).length
    const how = isAuto ? `. Set ${variable}=missing to record it` : ""
    const [what, why] =
      equal === 0
        ? ["recording", nearest(all, request)]
        : ["further recording", `it has ${equal}, which ${equal === 1 ? "was" : "were"} replayed`]
    return `the cassette ${folder} has no ${what} of this ${method} ${path}: ${why}${how}`
  })

/** A file that was edited, or two requests with the same hash. */
const checkRequest = (name: string, { recording }: Playable, request: Request): Effect.Effect<void, Unusable> =>
  sortedJson(recording.request) === sortedJson(request)
    ? Effect.void
    : new Unusable({
        message:
          `${name}.json was changed, and is not a recording of the request after which it is named: ` +
          nearest([{ name, request: recording.request }], request)
      })

const answer = (
  cassette: Cassette,
  send: Send,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError | Unusable> =>
  Effect.gen(function* () {
    const { count, folder, pace, records, store } = cassette
    const secrets = secretsOfRequest(request.headers)
    const recorded = yield* recordedRequest(request, makeRedact(secrets))
    const stem = yield* stemOf(recorded)
    const name = `${stem}-${yield* count(stem)}`
    const found = records === "all" ? Option.none<Playable>() : yield* store.read(name)
    if (Option.isSome(found)) {
      yield* checkRequest(name, found.value, recorded)
      return yield* play(name, found.value, request, pace)
    }
    if (records === "none") {
      return yield* new Unusable({ message: yield* explainMissing(cassette, stem, recorded) })
    }
    const save = (answer: Answer) =>
      bestEffort(`The cassette ${folder} has not recorded ${name}`, () =>
        Effect.flatMap(toRecording(name, recorded, answer, secrets), ({ pictures, recording }) =>
          store.write(name, recording, pictures)
        )
      )
    return yield* record(send, request, save)
  })

export const layerCassette = (
  options: Options
): Layer.Layer<HttpClient.HttpClient, ConfigError, HttpClient.HttpClient | FileSystem.FileSystem | Path.Path> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const settings = yield* settingsOf(options)
      const cassette = { ...settings, store: yield* makeFolder(settings.folder), count: makeCounter() }
      return HttpClient.transform(yield* HttpClient.HttpClient, (send, request) =>
        Effect.catchIf(
          answer(cassette, send, request),
          (error) => error instanceof Unusable,
          ({ message }) => Effect.fail(noAnswer(request, { description: message }))
        )
      )
    })
  )
