/** Everything that the page shows, and what each message changes in it. */
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import type { Errors, ImageStream, ImagesSchema, Quote } from "effect-openrouter-images"
import { needsReferences } from "./Capabilities.js"
import { type Choice, requestOf, sameRequest, within } from "./Choice.js"
import * as Generation from "./Generation.js"
import * as Spending from "./Spending.js"

type Model = ImagesSchema.ImageModelListItem
type Request = ImagesSchema.ImageGenerationRequest

/** Absent while it is asked for. */
type Asked<A, E> = Either.Either<A, E> | undefined

type QuoteOrWhy = Either.Either<Quote.Quote, Errors.ListModelEndpointsError>

/** What the choice costs with each model, by the model's id. */
export interface Quotes {
  /** What was chosen when they were asked for. */
  readonly choice: Choice
  readonly byModel: ReadonlyMap<string, QuoteOrWhy>
}

export interface State {
  /** Whether the emulator answers, and nothing is paid. */
  readonly emulated: boolean
  readonly models: Asked<ReadonlyArray<Model>, Errors.ListModelsError>
  readonly choice: Choice
  readonly quotes: Quotes
  readonly generation: Generation.Generation | undefined
  /** How many previews came before the pictures, by the model's id. */
  readonly previews: ReadonlyMap<string, number>
  readonly spending: Spending.Spending
  readonly holdsKey: boolean
}

export type Message = Data.TaggedEnum<{
  Listed: { readonly models: Either.Either<ReadonlyArray<Model>, Errors.ListModelsError> }
  Chose: { readonly choice: Choice }
  Quoted: Quotes
  KeyHeld: { readonly holdsKey: boolean }
  Started: { readonly request: Request }
  Sent: Record<never, never>
  AttemptFailed: { readonly error: Errors.OpenRouterError }
  Ticked: { readonly elapsed: Duration.Duration }
  KeptAlive: Record<never, never>
  Saw: { readonly view: ImageStream.View }
  Ended: { readonly outcome: Generation.Outcome; readonly took: Duration.Duration }
}>
export const Message = Data.taggedEnum<Message>()

export const initial = (choice: Choice, emulated: boolean): State => ({
  emulated,
  models: undefined,
  choice,
  quotes: { choice, byModel: new Map() },
  generation: undefined,
  previews: new Map(),
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

/** The last quote of the chosen model. While another is asked for, it may be that of the choice before. */
export const lastQuote = ({ choice, quotes }: State): QuoteOrWhy | undefined => quotes.byModel.get(choice.model)

/** Whether the quotes are those of what is chosen now. */
export const isQuoted = ({ choice, quotes }: State): boolean =>
  sameRequest(requestOf({ ...quotes.choice, model: choice.model }), requestOf(choice))

const choose = (state: State, choice: Choice): State => {
  const model = listed(state).find(({ id }) => id === choice.model)
  return { ...state, choice: model === undefined ? choice : within(choice, model) }
}

/** A generation that was started before its price was known gets it afterwards. */
const quoted = (state: State, { byModel, choice }: Quotes): State => {
  const quotes = { choice, byModel: new Map([...state.quotes.byModel, ...byModel]) }
  const quote = byModel.get(choice.model)
  return onGeneration({ ...state, quotes }, (generation) =>
    generation.quote === undefined && quote !== undefined && sameRequest(generation.request, requestOf(choice))
      ? { ...generation, quote: Either.getOrUndefined(quote) }
      : generation
  )
}

const started = (state: State, request: Request): State => {
  const quote = isQuoted(state) ? lastQuote(state) : undefined
  const generation = Generation.start({
    request,
    quote: quote && Either.getOrUndefined(quote),
    usualPreviews: state.previews.get(request.model)
  })
  return { ...state, generation }
}

const onGeneration = (state: State, change: (generation: Generation.Generation) => Generation.Generation): State =>
  state.generation === undefined ? state : { ...state, generation: change(state.generation) }

const end = (state: State, outcome: Generation.Outcome, elapsed: Duration.Duration): State => {
  if (state.generation === undefined) return state
  const generation = { ...state.generation, outcome, elapsed }
  const { previews: count, quote, request, view } = generation
  const previews = outcome._tag === "Done" ? new Map([...state.previews, [request.model, count]]) : state.previews
  const spending = Spending.add(state.spending, view, Generation.billing(generation), quote)
  return { ...state, generation, previews, spending }
}

export const update = (state: State, message: Message): State =>
  Message.$match(message, {
    Listed: ({ models }) => {
      const first = firstModel(Either.getOrElse(models, () => []))
      const withModels = { ...state, models }
      return first === undefined ? withModels : choose(withModels, { ...state.choice, model: first.id })
    },
    Chose: ({ choice }) => choose(state, choice),
    Quoted: (quotes) => quoted(state, quotes),
    KeyHeld: ({ holdsKey }) => ({ ...state, holdsKey }),
    Started: ({ request }) => started(state, request),
    Sent: () => onGeneration(state, (generation) => ({ ...generation, sent: true })),
    AttemptFailed: ({ error }) => onGeneration(state, (generation) => ({ ...generation, retrying: error.message })),
    Ticked: ({ elapsed }) => onGeneration(state, (generation) => ({ ...generation, elapsed })),
    KeptAlive: () =>
      onGeneration(state, (generation) => ({
        ...Generation.heard(generation),
        keepAlives: generation.keepAlives + 1
      })),
    Saw: ({ view }) => onGeneration(state, (generation) => Generation.seen(generation, view)),
    Ended: ({ outcome, took }) => end(state, outcome, took)
  })
