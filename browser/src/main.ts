/** The page's program: messages change the state, the state is painted, and what a person does runs effects that tell messages. */
import "./style.css"
import * as Effect from "effect/Effect"
import * as FiberHandle from "effect/FiberHandle"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { Catalog } from "effect-openrouter-images"
import { baseUrlOf, staysHere } from "./Address.js"
import { requestOf, sameRequest } from "./Choice.js"
import * as Events from "./Events.js"
import { generate, imagesAt, type Tell } from "./Generate.js"
import * as Page from "./Page.js"
import * as Paint from "./Paint.js"
import * as Prices from "./Prices.js"
import { headersOf } from "./Rehearsal.js"
import * as State from "./State.js"
import { where } from "./View/Session.js"

const { Message } = State

const baseUrl = baseUrlOf(location.search, import.meta.env["VITE_BASE_URL"])
const isEmulator = staysHere(baseUrl)

/** The emulator asks for a key, but takes any. */
const anyKey = isEmulator ? Redacted.make("any-key-will-do") : undefined

type States = SubscriptionRef.SubscriptionRef<State.State>

const askCatalogue = (tell: Tell): Effect.Effect<void, never, Catalog.Catalog> =>
  Effect.gen(function* () {
    const models = yield* Effect.either(Catalog.models)
    yield* tell(Message.Listed({ models }))
  })

/**
 * Each choice is priced once it has stood for a moment, first with its own model; a newer one ends the question about
 * the one before.
 */
const quoteChoices = (states: States, tell: Tell): Effect.Effect<void, never, Catalog.Catalog> =>
  states.changes.pipe(
    Stream.filter((state) => State.chosenModel(state) !== undefined),
    Stream.changesWith((one, other) => sameRequest(requestOf(one.choice), requestOf(other.choice))),
    Stream.debounce("120 millis"),
    Stream.flatMap(
      (state) => {
        const all = State.listed(state)
        const chosen = all.filter(({ id }) => id === state.choice.model)
        return Stream.mapEffect(Stream.make(chosen, all), (models) => Prices.quotes(state.choice, models))
      },
      { switch: true }
    ),
    Stream.runForEach((quotes) => tell(Message.Quoted(quotes)))
  )

/** Takes a typed key from its field into memory. */
const takeKey = (page: Page.Page, hold: (key: Redacted.Redacted | undefined) => Effect.Effect<void>) =>
  Effect.suspend(() => {
    const typed = page.key.value.trim()
    page.key.value = ""
    return typed === "" ? Effect.void : hold(Redacted.make(typed))
  })

/** Where the result is below the fold, as on a telephone. */
const showResult = ({ result }: Page.Page): Effect.Effect<void> =>
  Effect.sync(() => {
    if (result.getBoundingClientRect().top > innerHeight / 2) result.scrollIntoView({ block: "start" })
  })

const copyCommand = ({ command, copied }: Page.Page): Effect.Effect<void> =>
  Effect.tryPromise(() => navigator.clipboard.writeText(command.textContent ?? "")).pipe(
    Effect.match({ onFailure: () => "Select it and press Ctrl + C", onSuccess: () => "Copied" }),
    Effect.flatMap((word) => Effect.sync(() => copied.replaceChildren(word)))
  )

const prepare = (page: Page.Page): Effect.Effect<void> =>
  Effect.sync(() => {
    page.where.textContent = where(baseUrl)
    page.rehearsalField.hidden = !isEmulator
    page.keyBox.open = !isEmulator
  })

const program = Effect.gen(function* () {
  const page = yield* Page.find
  yield* prepare(page)
  const states: States = yield* SubscriptionRef.make(
    State.initial({ ...Events.choiceOf(page), rehearsal: "pace" }, isEmulator)
  )
  const key = yield* Ref.make<Redacted.Redacted | undefined>(undefined)
  const running = yield* FiberHandle.make<void>()
  const paint = Paint.make(page)
  const tell: Tell = (message) => SubscriptionRef.update(states, (state) => State.update(state, message))
  const hold = (apiKey: Redacted.Redacted | undefined) =>
    Effect.zipRight(Ref.set(key, apiKey), tell(Message.KeyHeld({ holdsKey: apiKey !== undefined })))

  const start = Effect.gen(function* () {
    yield* takeKey(page, hold)
    const state = yield* states
    if (State.isWorking(state) || State.chosenModel(state) === undefined) return
    const request = requestOf(state.choice)
    const apiKey = (yield* Ref.get(key)) ?? anyKey
    const headers = isEmulator ? headersOf(state.choice.rehearsal) : {}
    yield* tell(Message.Started({ request }))
    yield* showResult(page)
    yield* FiberHandle.run(running, generate({ request, baseUrl, apiKey, headers }, tell))
  })

  yield* Effect.all(
    [
      Stream.runForEach(states.changes, (state) => Effect.sync(() => paint(state))),
      askCatalogue(tell),
      quoteChoices(states, tell),
      Stream.runForEach(Events.choices(page), (choice) => tell(Message.Chose({ choice }))),
      Stream.runForEach(Events.keys(page), () => takeKey(page, hold)),
      Stream.runForEach(Events.clicks(page.forget), () => hold(undefined)),
      Stream.runForEach(Events.clicks(page.copy), () => copyCommand(page)),
      Stream.runForEach(Events.submits(page), () => start),
      Stream.runForEach(Events.clicks(page.cancel), () => FiberHandle.clear(running))
    ],
    { concurrency: "unbounded", discard: true }
  )
})

/** Somebody looks at the page and waits, so it soon says that nobody answers. */
const retry = Schedule.intersect(Schedule.spaced("500 millis"), Schedule.recurs(3))
const CatalogLive = Catalog.layer().pipe(Layer.provide(imagesAt({ baseUrl, retry })))

Effect.runFork(program.pipe(Effect.scoped, Effect.provide(CatalogLive), Effect.tapErrorCause(Effect.logError)))
