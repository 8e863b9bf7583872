/** Models that may be meant where one is named that there is not. */
import * as Effect from "effect/Effect"
import { Errors, Images, Retry } from "effect-openrouter-images"
import { question } from "../../failure/DidYouMean.js"
import * as Print from "../../output/Print.js"

/** Whether a fault is one of the model's name. */
export const isOfModel = ({ path: [field] }: Pick<Errors.Issue, "path">): boolean =>
  field === "model" || field === "author" || field === "slug"

/** Whether a call failed because there is no such model, or because none can have such a name. */
export const isUnknown = (error: unknown): boolean =>
  error instanceof Errors.NotFoundResponseError ||
  (error instanceof Errors.InvalidRequestError && error.issues.some(isOfModel))

/** `bytedance-seed/seedream-4.5` is also called `seedream-4.5` and `seedream`. */
const namesOf = (id: string): ReadonlyArray<string> => {
  const slug = id.split("/").at(-1) ?? id
  return [id, slug, slug.replace(/-\d.*$/, "")]
}

/** `did you mean ...?`, if a model is near enough. It is only a help: nobody waits long for it. */
export const suggestion = (model: string): Effect.Effect<string | undefined, never, Images.Images> =>
  Images.listModels({ retry: Retry.none, timeout: "5 seconds" }).pipe(
    Effect.map(({ data }) =>
      question(
        model,
        data.map(({ id }) => id),
        namesOf
      )
    ),
    Effect.orElseSucceed(() => undefined)
  )

/** Says which models may be meant. */
export const suggest = (model: string): Effect.Effect<void, never, Images.Images> =>
  Effect.flatMap(suggestion(model), (asked) =>
    asked === undefined ? Effect.void : Print.note([["model", `${model}: ${asked}`]])
  )

/** Says which models may be meant when a call fails because there is no such one. */
export const withSuggestion =
  (model: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Images.Images> =>
    Effect.tapError(effect, (error) => (isUnknown(error) ? suggest(model) : Effect.void))
