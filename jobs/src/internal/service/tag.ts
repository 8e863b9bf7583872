/** What `Jobs` can do: each operation over all jobs of a database. */
import type { SqlError } from "@effect/sql/SqlError"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { InvalidRequestError } from "effect-openrouter-images/Errors"
import type { ImageGenerationRequest } from "effect-openrouter-images/Schema"
import type {
  ImageStoreError,
  InvalidOptionsError,
  JobCancelledError,
  JobNotEndedError,
  JobNotFoundError
} from "../../Errors.js"
import type { Event, EventsOptions } from "../../Event.js"
import type { History, HistoryOptions } from "../../History.js"
import type { ImageStore, StoredFile } from "../../ImageStore.js"
import type { DecideOptions, Decision, Failures, Item, PageOptions, ResultsOptions, RetryOptions } from "../../Item.js"
import type { Progress } from "../../Progress.js"
import type { OrphansOptions, Removed } from "../../Removal.js"
import type { SubmitOptions, Submitted } from "../../Submission.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly submit: <E = never, R = never>(
    requests: Iterable<ImageGenerationRequest> | Stream.Stream<ImageGenerationRequest, E, R>,
    options: SubmitOptions
  ) => Effect.Effect<Submitted, E | InvalidRequestError | JobCancelledError | SqlError, R>
  readonly list: Effect.Effect<ReadonlyArray<Progress>, SqlError>
  readonly status: (job: string) => Effect.Effect<Progress, JobNotFoundError | SqlError>
  readonly watch: (
    job: string,
    options?: { readonly every?: Duration.DurationInput }
  ) => Stream.Stream<Progress, JobNotFoundError | SqlError>
  readonly results: (job: string, options?: ResultsOptions) => Stream.Stream<Item, JobNotFoundError | SqlError>
  readonly page: (job: string, options?: PageOptions) => Effect.Effect<ReadonlyArray<Item>, JobNotFoundError | SqlError>
  readonly item: (job: string, id: string) => Effect.Effect<Option.Option<Item>, SqlError>
  readonly failures: (job: string) => Effect.Effect<ReadonlyArray<Failures>, JobNotFoundError | SqlError>
  readonly history: (
    job: string,
    options?: HistoryOptions
  ) => Effect.Effect<History, InvalidOptionsError | JobNotFoundError | SqlError>
  readonly pause: (
    job: string,
    options?: { readonly reason?: string | undefined }
  ) => Effect.Effect<Progress, JobNotFoundError | SqlError>
  readonly resume: (job: string) => Effect.Effect<Progress, JobNotFoundError | SqlError>
  readonly cancel: (job: string) => Effect.Effect<Progress, JobNotFoundError | SqlError>
  readonly remove: (job: string) => Effect.Effect<Removed, JobNotFoundError | JobNotEndedError | SqlError>
  readonly removeWithPictures: (
    job: string
  ) => Effect.Effect<Removed, JobNotFoundError | JobNotEndedError | SqlError | ImageStoreError, ImageStore>
  readonly orphans: (
    options?: OrphansOptions
  ) => Stream.Stream<StoredFile, InvalidOptionsError | SqlError | ImageStoreError, ImageStore>
  readonly retryFailed: (job: string, options?: RetryOptions) => Effect.Effect<number, JobNotFoundError | SqlError>
  readonly events: (options?: EventsOptions) => Stream.Stream<Event, InvalidOptionsError | SqlError>
  readonly recover: (job: string) => Effect.Effect<number, JobNotFoundError | SqlError>
  readonly decide: (item: string, decision: Decision) => Effect.Effect<boolean, SqlError>
  readonly decideAll: (
    job: string,
    decision: Decision,
    options?: DecideOptions
  ) => Effect.Effect<number, JobNotFoundError | SqlError>
}

/**
 * @since 0.1.0
 * @category tags
 */
export class Jobs extends Context.Tag("effect-openrouter-images-jobs/Jobs")<Jobs, Service>() {}
