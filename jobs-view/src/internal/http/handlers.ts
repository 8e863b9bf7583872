/** What the view answers. */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpApiError from "@effect/platform/HttpApiError"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { ImageStore, type JobErrors, Jobs } from "effect-openrouter-images-jobs"
import { readHistory } from "../history.js"
import * as Feed from "../live/feed.js"
import { watchJob, watchJobs } from "../live/updates.js"
import * as Page from "../page/page.js"
import { idOf, pageOptionsOf, pageSize, type Window } from "../window.js"
import { Api } from "./api.js"
import * as Assets from "./assets.js"
import { failuresOf } from "./models.js"
import * as Responses from "./responses.js"

/** What went wrong with the database is for the log, not for the viewer. */
const logAndHide = (error: SqlError) =>
  Effect.zipRight(Effect.logWarning("The view cannot read the database", error), new HttpApiError.ServiceUnavailable())

const isSqlError = (error: unknown): error is SqlError => error instanceof SqlError

const hideSqlError = <A, E, R>(effect: Effect.Effect<A, E | SqlError, R>) =>
  Effect.catchIf(effect, isSqlError, logAndHide)

const readFailures = (jobs: Jobs.Service, job: string) =>
  Effect.map(jobs.failures(job), (groups) => groups.map(failuresOf))

const json = HttpApiBuilder.group(Api, "json", (handlers) =>
  Effect.map(Jobs.Jobs, (jobs) =>
    handlers
      .handle("jobs", () => hideSqlError(jobs.list))
      .handle("job", ({ path }) => hideSqlError(jobs.status(path.job)))
      .handle("failures", ({ path }) => hideSqlError(readFailures(jobs, path.job)))
      .handle("history", ({ path, urlParams }) => hideSqlError(readHistory(jobs, path.job, urlParams)))
      .handle("items", ({ path: { job }, urlParams: { limit, ...window } }) =>
        hideSqlError(jobs.page(job, pageOptionsOf(job, { ...window, limit: limit ?? pageSize })))
      )
  )
)

/** Answers with a notice in place of a page that cannot be shown. */
const orNotice = <R>(
  root: string,
  page: Effect.Effect<Responses.Response, JobErrors.JobNotFoundError | SqlError, R>
): Effect.Effect<Responses.Response, never, R> =>
  hideSqlError<Responses.Response, JobErrors.JobNotFoundError, R>(page).pipe(
    Effect.catchTags({
      JobNotFoundError: ({ message }) =>
        Effect.succeed(Responses.page(Page.notice("No such job", `${message}.`, root), 404)),
      ServiceUnavailable: () =>
        Effect.succeed(
          Responses.page(
            Page.notice("Not now", "The database cannot be read at the moment. Load this page again.", root),
            503
          )
        )
    })
  )

const jobPage = (jobs: Jobs.Service, job: string, window: Window) =>
  Effect.gen(function* () {
    const snapshot = yield* jobs.status(job)
    const history = yield* readHistory(jobs, job)
    const failures = yield* readFailures(jobs, job)
    const items = yield* jobs.page(job, pageOptionsOf(job, window))
    return Responses.page(Page.jobPage({ snapshot, history, failures, items }, window))
  })

const notFound = (root: string): Responses.Response =>
  Responses.page(Page.notice("Not here", "There is nothing at this address.", root), 404)

const pictureRoot = "../../../../"

interface PictureAddress {
  readonly job: string
  readonly key: string
  readonly index: number
  /** The beginning of the picture's SHA-256. */
  readonly version: string | undefined
}

/** A picture is found by its item, never by a name within the store. */
const picture = (jobs: Jobs.Service, store: ImageStore.Service, { index, job, key, version }: PictureAddress) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const outcome = Option.getOrUndefined(yield* jobs.item(job, idOf(job, key)))?.outcome
    const pictures = outcome?._tag === "Made" ? outcome.generation.pictures : (outcome?.pictures ?? [])
    const stored = pictures[index]
    if (stored === undefined) return notFound(pictureRoot)
    const isPinned = version !== undefined && version.length >= 16 && stored.sha256.startsWith(version)
    const about = { ...stored, isPinned }
    if (Responses.isCached(request.headers["if-none-match"], about)) return Responses.notModified(about)
    return yield* Effect.match(
      Effect.tapError(store.get(stored), (error) => Effect.logWarning(error)),
      {
        onFailure: () =>
          Responses.page(Page.notice("Not there", "The image store does not give this picture.", pictureRoot), 404),
        onSuccess: ({ bytes }) => Responses.picture(about, bytes)
      }
    )
  })

const pages = HttpApiBuilder.group(Api, "pages", (handlers) =>
  Effect.gen(function* () {
    const jobs = yield* Jobs.Jobs
    const store = yield* ImageStore.ImageStore
    const feeds = yield* Feed.make((job) => watchJob(jobs, job))
    const listFeed = yield* Feed.make(() => watchJobs(jobs))
    return handlers
      .handle("list", () =>
        orNotice(
          "./",
          Effect.map(jobs.list, (all) => Responses.page(Page.listPage(all)))
        )
      )
      .handle("listEvents", () => Effect.sync(() => Responses.events(listFeed.subscribe(""))))
      .handle("view", ({ path: { job }, urlParams }) =>
        orNotice("../", jobPage(jobs, job, { ...urlParams, limit: pageSize }))
      )
      .handle("viewEvents", ({ path: { job } }) =>
        orNotice("../../", Effect.as(jobs.status(job), Responses.events(feeds.subscribe(job))))
      )
      .handle("picture", ({ path: { index, item, job }, urlParams }) =>
        orNotice(pictureRoot, picture(jobs, store, { job, key: item, index, version: urlParams.v }))
      )
      .handle("asset", ({ path: { name } }) =>
        Effect.sync(() => {
          const asset = Assets.find(name)
          return asset === undefined ? notFound("../") : Responses.asset(asset)
        })
      )
  })
)

export const layer = Layer.merge(json, pages)
