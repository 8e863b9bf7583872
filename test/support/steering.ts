/** Brings a call into a chosen state, and notes each of its attempts. */
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "@effect/platform"
import { Deferred, Effect, Layer, Schedule, Stream } from "effect"
import { type Client, Images, Retry } from "effect-openrouter-images"
import { Fault } from "effect-openrouter-images-emulator"
import { over } from "../../src/internal/layer/over.js"
import { failuresOf } from "./fibers.js"

/** The states of a call, in their order. */
export const states = [
  /** It waits for its turn at a gate, and no attempt has begun. */
  "queue",
  /** All layers but the client have seen it. */
  "before",
  "onAttempt",
  /** A later attempt waits for its turn at a gate. */
  "turn",
  /** An attempt has begun, and its request is not out yet. */
  "sent",
  /** The server has answered, and the head is not here yet. */
  "unheard",
  "onGenerationId",
  /** The head is here, and the rest takes its time. */
  "body",
  "onAttemptEnd",
  /** Between two attempts. */
  "pause",
  /** The answer is here, and no layer has seen it. */
  "answered",
  /** The consumer of a stream has a picture. */
  "picture"
] as const
export type State = (typeof states)[number]

/** Where a call ends: at which state, after how many times that it was there, and how. */
export interface Stop {
  readonly state: State
  readonly after: number
  readonly how: "interrupted" | "defect"
}

/** An attempt as the network sees it. */
export interface Attempt {
  /** The most that it may cost. */
  readonly usd: number
  /** The generation that the head of its answer names. */
  id: string | undefined
  /** Whether its answer proves that it cost nothing. */
  isRefused: boolean
  /** Whether its body is the one that takes so long. */
  readonly isSlow: boolean
}

const pictureUsd = 0.04

const slowly: Fault.Fault = { _tag: "Pace", chunkBytes: 1000, everyMillis: 200_000 }

const picturesOf = ({ body }: HttpClientRequest.HttpClientRequest): number =>
  body._tag === "Uint8Array" ? (JSON.parse(new TextDecoder().decode(body.body)).n ?? 1) : 1

const isGeneration = ({ method }: HttpClientRequest.HttpClientRequest): boolean => method === "POST"

/** One call on its way to where it is stopped. */
export class Steering {
  readonly attempts: Array<Attempt> = []
  isVisited = false
  private passed = 0

  constructor(
    private readonly stop: Stop | undefined,
    private readonly faults: ReadonlyArray<Fault.Fault | null>,
    /** Whether the call is where it is to be stopped. */
    readonly reached: Deferred.Deferred<void>,
    /** Whether its caller has left. */
    readonly left: Deferred.Deferred<void>
  ) {}

  /** Holds the call here until its caller has left, or lets it die, if this is where it ends. */
  readonly at = (state: State): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (!this.isDue(state)) return Effect.void
      if (this.stop?.how === "defect") return Effect.die("boom")
      return Effect.zipRight(Deferred.succeed(this.reached, undefined), Deferred.await(this.left))
    })

  /** The same for a state in which the call stays by itself. */
  readonly comesTo = (state: State): Effect.Effect<void> =>
    Effect.suspend(() => (this.isDue(state) ? Effect.asVoid(Deferred.succeed(this.reached, undefined)) : Effect.void))

  private isDue(state: State): boolean {
    if (state !== this.stop?.state || this.isVisited) return false
    this.isVisited = state === "body" || this.passed++ === this.stop.after
    return this.isVisited
  }

  /** The hooks of the caller, and the policy with its pauses. */
  readonly options = (policy: Retry.Policy): Client.RequestOptions => {
    let isTransient = false
    return {
      retry: {
        ...policy,
        schedule: policy.schedule.pipe(Schedule.tapOutput((_) => (isTransient ? this.at("pause") : Effect.void)))
      },
      onAttempt: Effect.suspend(() =>
        Effect.zipRight(this.at("onAttempt"), this.attempts.length > 0 ? this.comesTo("turn") : Effect.void)
      ),
      onGenerationId: () => this.at("onGenerationId"),
      onAttemptEnd: (exit) =>
        Effect.suspend(() => {
          isTransient = failuresOf(exit).some(policy.while)
          return this.at("onAttemptEnd")
        })
    }
  }

  /** Just above the client. */
  readonly layer: Layer.Layer<Images.Images, never, Images.Images> = Layer.effect(
    Images.Images,
    Effect.map(Images.Images, (images): Images.Service => {
      const told = (options: Client.RequestOptions = {}): Client.RequestOptions => ({
        ...options,
        onGenerationId: (id) =>
          Effect.zipRight(
            options.onGenerationId?.(id) ?? Effect.void,
            Effect.suspend(() =>
              this.attempts.some((one) => one.isSlow && one.id === id) ? this.comesTo("body") : Effect.void
            )
          )
      })
      return over(images, {
        generate: (request, options) =>
          this.at("before").pipe(
            Effect.zipRight(images.generate(request, told(options))),
            Effect.tap(() => this.at("answered"))
          ),
        generateStream: (request, options) =>
          Stream.execute(this.at("before")).pipe(
            Stream.concat(images.generateStream(request, told(options))),
            Stream.concat(Stream.execute(this.at("answered")))
          )
      })
    })
  )

  /** Between the client and the server. Each attempt has its fault. */
  readonly transformClient = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
    client.pipe(
      HttpClient.mapRequest((request) =>
        isGeneration(request) && this.nextFault !== null
          ? HttpClientRequest.setHeader(request, Fault.header, JSON.stringify(this.nextFault))
          : request
      ),
      HttpClient.transform((sent, request) => (isGeneration(request) ? this.attempt(sent, request) : sent))
    )

  private get isNextSlow(): boolean {
    return this.stop?.state === "body" && this.stop.after === this.attempts.length
  }

  private get nextFault(): Fault.Fault | null {
    return this.isNextSlow ? slowly : (this.faults[this.attempts.length] ?? null)
  }

  private readonly attempt = <E, R>(
    sent: Effect.Effect<HttpClientResponse.HttpClientResponse, E, R>,
    request: HttpClientRequest.HttpClientRequest
  ): Effect.Effect<HttpClientResponse.HttpClientResponse, E, R> =>
    Effect.suspend(() => {
      const usd = pictureUsd * picturesOf(request)
      const attempt: Attempt = { usd, id: undefined, isRefused: false, isSlow: this.isNextSlow }
      this.attempts.push(attempt)
      return this.at("sent").pipe(
        Effect.zipRight(sent),
        Effect.tap(({ headers, status }) =>
          Effect.zipRight(
            this.at("unheard"),
            Effect.sync(() => {
              attempt.id = headers["x-generation-id"]
              attempt.isRefused = status === 429
            })
          )
        )
      )
    })
}

export const steering = (stop: Stop | undefined, faults: ReadonlyArray<Fault.Fault | null>): Effect.Effect<Steering> =>
  Effect.map(
    Effect.all([Deferred.make<void>(), Deferred.make<void>()]),
    ([reached, left]) => new Steering(stop, faults, reached, left)
  )

/** Twenty seconds between two attempts. */
export const policyOf = (mayPayTwice: boolean): Retry.Policy =>
  Retry.make({
    initialInterval: "20 seconds",
    jitter: false,
    maxRetries: 2,
    ...(mayPayTwice ? { while: Retry.whenTransient } : {})
  })
