/** Models that may be meant where one is named that there is not. */
import * as Effect from "effect/Effect"
import { Errors, Images, Retry } from "effect-openrouter-images"
import { formatQuestion, nearest } from "../../failure/DidYouMean.js"
import * as Print from "../../output/Print.js"

/** Whether a fault is one of the model's name. */
export const isOfModel = ({ path: [field] }: Pick<Errors.Issue, "path">): boolean =>
  field === "model" || field === "author" || field === "slug"

/** Whether a call failed because there is no such model, or because none can have such a name. */
const isUnknown = (error: unknown): error is Errors.NotFoundResponseError | Errors.InvalidRequestError =>
  error instanceof Errors.NotFoundResponseError ||
  (error instanceof Errors.InvalidRequestError && error.issues.some(isOfModel))

/** `bytedance-seed/seedream-4.5` is also called `seedream-4.5` and `seedream`. */
const namesOf = (id: string): ReadonlyArray<string> => {
  const slug = id.split("/").at(-1) ?? id
  return [id, slug, slug.replace(/-\d.*$/, "")]
}

/** The models that may be meant by a name. It is only a help: nobody waits long for it. */
export const meantBy = (model: string): Effect.Effect<ReadonlyArray<string>, never, Images.Images> =>
  Images.listModels({ retry: Retry.none, timeout: "5 seconds" }).pipe(
    Effect.map(({ data }) =>
      nearest(
        model,
        data.map(({ id }) => id),
        namesOf
      )
    ),
    Effect.orElseSucceed(() => [])
  )

/** `did you mean ...?`, where a call failed because of the model's name, and the error does not say it itself. */
export const suggestion = (model: string, error: unknown): Effect.Effect<string | undefined, never, Images.Images> =>
  isUnknown(error)
    ? Effect.map(meantBy(model), (meant) =>
        meant.every((one) => error.message.includes(one)) ? undefined : formatQuestion(meant)
      )
    : Effect.succeed(undefined)

/** Says which models may be meant when a call fails because there is no such one. */
export const withSuggestion =
  (model: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Images.Images> =>
    Effect.tapError(effect, (error) =>
      Effect.flatMap(suggestion(model, error), (words) =>
        words === undefined ? Effect.void : Print.note([["model", `${model}: ${words}`]])
      )
    )
