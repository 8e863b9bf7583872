/** Runs the cells of the matrix over real sockets, and tells what the caller, the client and the server's ledger saw of each. */
import { inspect } from "node:util"
import { HttpClient, type HttpClientRequest } from "@effect/platform"
import { Cause, Context, Duration, Effect, Exit, Layer, Option, Redacted, Schedule, Stream } from "effect"
import { Client, Errors, Images, Retry } from "effect-openrouter-images"
import { Emulator, Fault } from "effect-openrouter-images-emulator"
import { adviceOf } from "./advice.js"
import * as Clocks from "./clocks.js"
import { namesGeneration } from "./ids.js"
import { type Destination, makeNowhere, type Nowhere } from "./nowhere.js"
import {
  applies,
  attemptsOf,
  type CallName,
  callNames,
  calls,
  completes,
  type Failure,
  faultOf,
  outcomeOf,
  type PolicyName,
  policies,
  retries
} from "./oracle.js"
import { isUnreachable, type Row } from "./table.js"

const key = "sk-or-v1-5ca1ab1e0ddba11cafe"
const cellHeader = "x-cell"

/** What the client did, counted by cell, and how no server is reached. */
class Probe extends Context.Tag("faults/Probe")<
  Probe,
  {
    readonly sent: Map<string, number>
    readonly heads: Map<string, number>
    readonly nowhere: Nowhere
  }
>() {}

const ProbeLive = Layer.scoped(
  Probe,
  Effect.map(makeNowhere, (nowhere) => ({ sent: new Map(), heads: new Map(), nowhere }))
)

const count = (counts: Map<string, number>, request: HttpClientRequest.HttpClientRequest) =>
  Effect.sync(() => {
    const id = request.headers[cellHeader] ?? ""
    counts.set(id, (counts.get(id) ?? 0) + 1)
  })

const ImagesLive = Layer.unwrapEffect(
  Effect.map(Effect.all([Emulator.Emulator, Probe]), ([{ baseUrl }, { heads, sent }]) =>
    Layer.provide(
      Images.layer,
      Client.layer({
        baseUrl,
        apiKey: Redacted.make(key),
        transformClient: (client) =>
          client.pipe(
            HttpClient.tapRequest((request) => count(sent, request)),
            HttpClient.tap(({ request }) => count(heads, request))
          )
      })
    )
  )
)

/** The library over an HttpClient, an emulator on a port of its own, and the probe. */
export const environment = (client: Layer.Layer<HttpClient.HttpClient>) =>
  ImagesLive.pipe(Layer.provideMerge(Layer.mergeAll(client, ProbeLive, Emulator.layerServer())))

/** One cell of the matrix. */
export interface Cell {
  readonly id: string
  readonly row: Row
  readonly call: CallName
  readonly policy: PolicyName
  readonly timed: boolean
}

/** Every policy with and without a timeout; the default one is what a caller gets who gives no option at all. */
export const cellsOf = (row: Row, call: CallName): ReadonlyArray<Omit<Cell, "id">> =>
  policies.flatMap((policy) =>
    [false, true].filter((timed) => !timed || policy !== "default").map((timed) => ({ row, call, policy, timed }))
  )

/** Whole policies whose delays are nothing: the persistent fault meets each attempt. */
const policyOptions: Readonly<Record<PolicyName, Client.RequestOptions>> = {
  default: {},
  none: { retry: Retry.none },
  safe: { retry: { ...Retry.safe, schedule: Schedule.recurs(retries.safe) } },
  eager: { retry: { ...Retry.eager, schedule: Schedule.recurs(retries.eager) } },
  "bare schedule": { retry: Schedule.recurs(retries["bare schedule"]) }
}

const destinationOf = ({ policy, row: { fault } }: Cell, emulated: string, nowhere: Nowhere): Destination =>
  isUnreachable(fault) ? nowhere[fault._tag](emulated, policy) : { baseUrl: emulated }

const optionsOf = (cell: Cell, destination: Destination): Client.RequestOptions => {
  const { call, id, policy, row, timed } = cell
  const fault = faultOf(row, call)
  return {
    ...policyOptions[policy],
    ...(timed ? { timeout: row.timeout ?? "20 seconds" } : {}),
    ...destination,
    headers: { [cellHeader]: id, ...(isUnreachable(fault) ? {} : { [Fault.header]: JSON.stringify(fault) }) }
  }
}

const streams = { model: "openai/gpt-image-1-mini", size: "16x16" } as const
const doesNotStream = { model: "black-forest-labs/flux.2-flex", size: "16x16" } as const

type Run = (id: string, options: Client.RequestOptions) => Effect.Effect<number, Errors.OpenRouterError, Images.Images>

/** The final pictures that were given; the prompt is the cell's name, which the ledger keeps. */
const streamed = (request: typeof streams | typeof doesNotStream): Run => {
  return (id, options) =>
    Stream.runFold(Images.generateStream({ ...request, prompt: id }, options), 0, (pictures, event) =>
      event._tag === "Completed" && event.image.dimensions?.width === 16 ? pictures + 1 : pictures
    )
}

const generated = (wire: Client.RequestOptions = {}): Run => {
  return (id, options) =>
    Effect.map(
      Images.generate({ ...streams, prompt: id }, { ...options, ...wire }),
      ({ data }) => data.filter(({ dimensions }) => dimensions?.width === 16).length
    )
}

/** Each call as its number of results: none is no success. */
const run: Readonly<Record<CallName, Run>> = {
  generate: generated(),
  "generate by events": generated({ wire: "events" }),
  generateStream: streamed(streams),
  "generateStream answered as JSON": streamed(doesNotStream),
  listModels: (_, options) => Effect.map(Images.listModels(options), ({ data }) => data.length),
  listModelEndpoints: (_, options) =>
    Effect.map(Images.listModelEndpoints(streams.model, options), ({ endpoints }) => endpoints.length)
}

/** What there is to see of a cell. */
export interface Sight {
  readonly outcome: string
  readonly failure?: Omit<Failure, "afterEvents"> & {
    /** Whether the error names its generation. */
    readonly hasId: boolean
  }
  readonly operation?: Errors.Operation
  readonly advice?: string
  readonly timeout?: string
  readonly keyShown: boolean
  /** Whether the error names a generation that is not the call's, as far as the ledger knows. */
  readonly namesAnother: boolean
  /** As the client sent them, and as the server received them. */
  readonly attempts: number
  readonly requests: number
  readonly billed: number
}

const idIn = (error: Errors.OpenRouterError): string | undefined =>
  "generationId" in error ? error.generationId : undefined

const sightOfError = (error: Errors.OpenRouterError, billed: ReadonlyArray<string>) => ({
  outcome: "failure",
  failure: {
    tag: error._tag,
    billing: error.billing,
    hasId: idIn(error) !== undefined,
    ...("httpStatus" in error
      ? { status: error.status, httpStatus: error.httpStatus, answeredBy: error.answeredBy }
      : {}),
    ...("phase" in error ? { phase: error.phase } : {})
  },
  operation: error.operation,
  advice: Errors.advice(error),
  ...("timeout" in error ? { timeout: Duration.format(error.timeout) } : {}),
  keyShown: [JSON.stringify(error), inspect(error, { depth: 20, showHidden: true }), Errors.format(error)].some(
    (text) => text.includes(key)
  ),
  namesAnother: billed.length > 0 && !billed.includes(idIn(error) ?? billed[0] ?? "")
})

const nothingShown = { keyShown: false, namesAnother: false }

/** `billed`: the ids of the generations that the ledger has of the cell. */
const sightOf = (exit: Exit.Exit<number, Errors.OpenRouterError | "hangs">, billed: ReadonlyArray<string>) =>
  Exit.match(exit, {
    onSuccess: (results) => ({ ...nothingShown, outcome: results > 0 ? "success" : "a success without results" }),
    onFailure: (cause) =>
      Option.match(Cause.failureOption(cause), {
        onNone: () => ({ ...nothingShown, outcome: `defect: ${Cause.pretty(cause)}` }),
        onSome: (error) => (error === "hangs" ? { ...nothingShown, outcome: "hangs" } : sightOfError(error, billed))
      })
  })

/** What the books say of a cell. */
const booksOf = ({ id }: Cell) =>
  Effect.gen(function* () {
    const emulator = yield* Emulator.Emulator
    const { heads, sent } = yield* Probe
    return Effect.map(Effect.all([emulator.requests, emulator.ledger]), ([requests, ledger]) => ({
      attempts: sent.get(id) ?? 0,
      heads: heads.get(id) ?? 0,
      requests: requests.filter(({ headers }) => headers[cellHeader] === id).length,
      billed: ledger.flatMap(({ generationId, prompt }) => (prompt === id ? [generationId] : []))
    }))
  })

type Books = Effect.Effect.Success<Effect.Effect.Success<ReturnType<typeof booksOf>>>

/** Whether a stalled answer has got as far as it ever will. */
const isSilent = ({ call, row }: Cell, { attempts, billed, heads, requests }: Books): boolean => {
  const fault = faultOf(row, call)
  if (fault._tag === "Stall" && fault.at === "body") return heads === attempts
  return requests === attempts && billed.length === (completes(row, call) ? attempts : 0)
}

/** Only a stall is not waited for: every other fault has all the time of its timeout. */
const clockOf = (cell: Cell, books: Effect.Effect<Books>) => {
  if (cell.row.fault._tag === "Stall") return Clocks.impatient(Effect.map(books, (now) => isSilent(cell, now)))
  return cell.timed ? Clocks.real : Clocks.hurried
}

/** Runs a cell, and looks at what became of it everywhere. */
export const observe = (cell: Cell) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const { nowhere } = yield* Probe
    const books = yield* booksOf(cell)
    const exit = yield* run[cell.call](cell.id, optionsOf(cell, destinationOf(cell, baseUrl, nowhere))).pipe(
      Effect.withClock(clockOf(cell, books)),
      Effect.timeoutFail({ duration: "20 seconds", onTimeout: () => "hangs" as const }),
      Effect.exit
    )
    if (cell.row.breaksLater) yield* Clocks.turns
    const { attempts, billed, requests } = yield* books
    const sight: Sight = { ...sightOf(exit, billed), attempts, requests, billed: billed.length }
    return sight
  })

const defaultTimeout = (call: CallName): string => (calls[call].operation.startsWith("list") ? "30s" : "5m")

/** What should be seen. */
export const foretell = (cell: Cell): Sight => {
  const { call, policy, row, timed } = cell
  const outcome = outcomeOf(row, call, timed)
  const attempts = attemptsOf(outcome, policy, call)
  const seen = {
    ...nothingShown,
    attempts,
    requests: isUnreachable(row.fault) ? 0 : attempts,
    billed: completes(row, call) ? attempts : 0
  }
  if (outcome === "success") return { ...seen, outcome }
  const { afterEvents: _, passes: __, ...failure } = outcome
  return {
    ...seen,
    outcome: "failure",
    failure: { ...failure, hasId: namesGeneration(row, call) },
    operation: calls[call].operation,
    advice: adviceOf(row, call, outcome),
    ...(outcome.tag === "RequestTimeoutError"
      ? { timeout: timed ? Duration.format(Duration.millis(row.timeout ?? 0)) : defaultTimeout(call) }
      : {})
  }
}

/** What `billing` claims, held against the ledger, whatever the oracle says; and no second bill without having asked for it. */
export const brokenPromises = ({ call, policy }: Cell, { billed, failure }: Sight): ReadonlyArray<string> => {
  const promises = {
    "notBilled, but the ledger has it": failure?.billing === "notBilled" && billed > 0,
    "billed, but the ledger has nothing": failure?.billing === "billed" && billed === 0,
    "a success that was not billed": failure === undefined && calls[call].operation.startsWith("gen") && billed === 0,
    "billed twice": policy !== "eager" && billed > 1
  }
  return Object.entries(promises).flatMap(([promise, isBroken]) => (isBroken ? [promise] : []))
}

export const applicable = (row: Row): ReadonlyArray<CallName> => callNames.filter((call) => applies(row, call))
