/** What the view answers. */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpApiError from "@effect/platform/HttpApiError"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { JobNotFoundError } from "../../Errors.js"
import { ImageStore } from "../../ImageStore.js"
import { found } from "../items/queries.js"
import { allOf, statusOf } from "../job/progress.js"
import { Api } from "./api.js"
import * as Assets from "./assets.js"
import { causesOf } from "./causes.js"
import * as Feed from "./feed.js"
import { itemOfKey, itemsIn, type Window } from "./items.js"
import * as News from "./news.js"
import * as Page from "./page.js"
import * as Respond from "./respond.js"

type Response = HttpServerResponse.HttpServerResponse

/** What went wrong with the database is for the log, not for whoever looks. */
const unavailable = (error: SqlError) =>
  Effect.zipRight(Effect.logWarning("The view cannot read the database", error), new HttpApiError.ServiceUnavailable())

const isSqlError = (error: unknown): error is SqlError => error instanceof SqlError

const available = <A, E, R>(effect: Effect.Effect<A, E | SqlError, R>) =>
  Effect.catchIf(effect, isSqlError, unavailable)

const json = HttpApiBuilder.group(Api, "json", (handlers) =>
  Effect.map(SqlClient.SqlClient, (sql) => {
    const asked = <A, E>(effect: Effect.Effect<A, E | SqlError, SqlClient.SqlClient>) =>
      available(Effect.provideService(effect, SqlClient.SqlClient, sql))
    return handlers
      .handle("jobs", () => asked(allOf))
      .handle("job", ({ path }) => asked(statusOf(path.job)))
      .handle("failures", ({ path }) => asked(causesOf(path.job)))
      .handle("items", ({ path, urlParams: { limit, ...window } }) =>
        asked(Effect.zipRight(found(path.job), itemsIn(path.job, { ...window, limit: limit ?? News.pageSize })))
      )
  })
)

/** Shown in place of a page that cannot be. */
const instead = <R>(
  root: string,
  shown: Effect.Effect<Response, JobNotFoundError | SqlError, R>
): Effect.Effect<Response, never, R> =>
  available<Response, JobNotFoundError, R>(shown).pipe(
    Effect.catchTags({
      JobNotFoundError: ({ message }) =>
        Effect.succeed(Respond.page(Page.notice("No such job", `${message}.`, root), 404)),
      ServiceUnavailable: () =>
        Effect.succeed(
          Respond.page(
            Page.notice("Not now", "The database cannot be read at the moment. Load this page again.", root),
            503
          )
        )
    })
  )

const encoder = new TextEncoder()

/** JSON has no line ends of its own, so that an event is one line. A comment now and then tells both sides that the other is there. */
const eventsOf = (news: Stream.Stream<string>): Response =>
  HttpServerResponse.stream(
    Stream.succeed("retry: 2000\n\n").pipe(
      Stream.concat(
        Stream.merge(
          Stream.map(news, (data) => `data: ${data}\n\n`),
          Stream.as(Stream.drop(Stream.fromSchedule(Schedule.spaced("15 seconds")), 1), ": still here\n\n"),
          { haltStrategy: "left" }
        )
      ),
      Stream.map((text) => encoder.encode(text))
    ),
    {
      contentType: "text/event-stream",
      headers: { ...Respond.protective, "cache-control": "no-store", "x-accel-buffering": "no" }
    }
  )

const view = (job: string, window: Window) =>
  Effect.gen(function* () {
    const seen = yield* statusOf(job)
    const [causes, items] = yield* Effect.all([causesOf(job), itemsIn(job, window)])
    return Respond.page(Page.jobPage({ seen, causes, items }, window))
  })

const nowhere = (root: string): Response =>
  Respond.page(Page.notice("Not here", "There is nothing of this address.", root), 404)

const pictureRoot = "../../../../"

/** A picture is found by its item, never by a name within the store. */
const picture = (job: string, key: string, index: number, version: string | undefined) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const outcome = (yield* itemOfKey(job, key))?.outcome
    const pictures = outcome?._tag === "Made" ? outcome.generation.pictures : (outcome?.pictures ?? [])
    const stored = pictures[index]
    if (stored === undefined) return nowhere(pictureRoot)
    const isPinned = version !== undefined && version.length >= 16 && stored.sha256.startsWith(version)
    const about = { ...stored, isPinned }
    if (Respond.has(request.headers["if-none-match"], about)) return Respond.notModified(about)
    const store = yield* ImageStore
    return yield* Effect.match(
      Effect.tapError(store.get(stored), (error) => Effect.logWarning(error)),
      {
        onFailure: () =>
          Respond.page(Page.notice("Not there", "The image store does not give this picture.", pictureRoot), 404),
        onSuccess: ({ bytes }) => Respond.picture(about, bytes)
      }
    )
  })

const pages = HttpApiBuilder.group(Api, "pages", (handlers) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const store = yield* ImageStore
    const jobs = yield* Feed.make((job) => News.ofJob(job, sql))
    const all = yield* Feed.make(() => News.ofAll(sql))
    const over = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), Effect.provideService(ImageStore, store))
    return handlers
      .handle("list", () =>
        over(
          instead(
            "./",
            Effect.map(allOf, (seen) => Respond.page(Page.listPage(seen)))
          )
        )
      )
      .handle("listEvents", () => Effect.sync(() => eventsOf(all.of(""))))
      .handle("view", ({ path, urlParams }) =>
        over(instead("../", view(path.job, { ...urlParams, limit: News.pageSize })))
      )
      .handle("viewEvents", ({ path }) =>
        over(instead("../../", Effect.as(statusOf(path.job), eventsOf(jobs.of(path.job)))))
      )
      .handle("picture", ({ path, urlParams }) =>
        over(instead(pictureRoot, picture(path.job, path.item, path.index, urlParams.v)))
      )
      .handle("asset", ({ path }) =>
        Effect.sync(() => {
          const asset = Assets.named(path.name)
          return asset === undefined ? nowhere("../") : Respond.asset(asset)
        })
      )
  })
)

export const layer = Layer.merge(json, pages)
