/** Everything that the page shows, and what each message changes in it. */
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import type { Errors, ImageStream, ImagesSchema, Quote } from "effect-openrouter-images"
import { needsReferences } from "./Capabilities.js"
import { type Choice, requestOf, within } from "./Choice.js"
import * as Generation from "./Generation.js"
import * as Spending from "./Spending.js"

type Model = ImagesSchema.ImageModelListItem
type Request = ImagesSchema.ImageGenerationRequest

/** Absent while it is asked for. */
type Asked<A, E> = Either.Either<A, E> | undefined

export interface State {
  readonly models: Asked<ReadonlyArray<Model>, Errors.ListModelsError>
  /** What one picture costs, by the model's id; a model without one is not priced. */
  readonly prices: ReadonlyMap<string, Quote.UsdRange>
  readonly choice: Choice
  readonly quote: Asked<Quote.Quote, Errors.ListModelEndpointsError>
  readonly generation: Generation.Generation | undefined
  readonly spending: Spending.Spending
  readonly holdsKey: boolean
}

export type Message = Data.TaggedEnum<{
  Listed: { readonly models: Either.Either<ReadonlyArray<Model>, Errors.ListModelsError> }
  Priced: { readonly prices: ReadonlyMap<string, Quote.UsdRange> }
  Chose: { readonly choice: Choice }
  Quoted: { readonly request: Request; readonly quote: Either.Either<Quote.Quote, Errors.ListModelEndpointsError> }
  KeyHeld: { readonly holdsKey: boolean }
  Started: { readonly request: Request }
  Sent: Record<never, never>
  AttemptFailed: { readonly error: Errors.OpenRouterError }
  KeptAlive: { readonly elapsed: Duration.Duration }
  Saw: { readonly view: ImageStream.View }
  Ended: { readonly outcome: Generation.Outcome; readonly took: Duration.Duration }
}>
export const Message = Data.taggedEnum<Message>()

export const initial = (choice: Choice): State => ({
  models: undefined,
  prices: new Map(),
  choice,
  quote: undefined,
  generation: undefined,
  spending: Spending.nothing,
  holdsKey: false
})

export const listed = ({ models }: State): ReadonlyArray<Model> =>
  models === undefined ? [] : Either.getOrElse(models, () => [])

export const chosenModel = (state: State): Model | undefined =>
  listed(state).find(({ id }) => id === state.choice.model)

export const isWorking = ({ generation }: State): boolean => generation?.outcome._tag === "Working"

/** One that shows previews, so that there is something to see; else any that works from a prompt alone. */
const firstModel = (models: ReadonlyArray<Model>): Model | undefined => {
  const usable = models.filter((model) => !needsReferences(model))
  return usable.find(({ supportsStreaming }) => supportsStreaming) ?? usable[0]
}

const same = (one: Request, other: Request): boolean => JSON.stringify(one) === JSON.stringify(other)

const choose = (state: State, choice: Choice): State => {
  const model = listed(state).find(({ id }) => id === choice.model)
  const possible = model === undefined ? choice : within(choice, model)
  const isSame = same(requestOf(possible), requestOf(state.choice))
  return { ...state, choice: possible, quote: isSame ? state.quote : undefined }
}

/** A generation that was started before its price was known gets it afterwards. */
const quoted = (state: State, request: Request, quote: NonNullable<State["quote"]>): State => {
  const fresh = same(request, requestOf(state.choice)) ? { ...state, quote } : state
  return onGeneration(fresh, (generation) =>
    generation.quote === undefined && same(generation.request, request)
      ? { ...generation, quote: Either.getOrUndefined(quote) }
      : generation
  )
}

const onGeneration = (state: State, change: (generation: Generation.Generation) => Generation.Generation): State =>
  state.generation === undefined ? state : { ...state, generation: change(state.generation) }

const end = (state: State, outcome: Generation.Outcome, elapsed: Duration.Duration): State => {
  if (state.generation === undefined) return state
  const generation = { ...state.generation, outcome, elapsed }
  const { quote, view } = generation
  return { ...state, generation, spending: Spending.add(state.spending, view, Generation.billing(generation), quote) }
}

export const update = (state: State, message: Message): State =>
  Message.$match(message, {
    Listed: ({ models }) => {
      const first = firstModel(Either.getOrElse(models, () => []))
      const withModels = { ...state, models }
      return first === undefined ? withModels : choose(withModels, { ...state.choice, model: first.id })
    },
    Priced: ({ prices }) => ({ ...state, prices }),
    Chose: ({ choice }) => choose(state, choice),
    Quoted: ({ quote, request }) => quoted(state, request, quote),
    KeyHeld: ({ holdsKey }) => ({ ...state, holdsKey }),
    Started: ({ request }) => ({
      ...state,
      generation: Generation.start(request, state.quote && Either.getOrUndefined(state.quote))
    }),
    Sent: () => onGeneration(state, (generation) => ({ ...generation, sent: true })),
    AttemptFailed: ({ error }) => onGeneration(state, (generation) => ({ ...generation, retrying: error.message })),
    KeptAlive: ({ elapsed }) => onGeneration(state, (generation) => ({ ...generation, elapsed })),
    Saw: ({ view }) => onGeneration(state, (generation) => Generation.seen(generation, view)),
    Ended: ({ outcome, took }) => end(state, outcome, took)
  })
