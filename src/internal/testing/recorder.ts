/** Records the calls of a test's `Images`, and the outcome of each. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import type { RequestOptions } from "../../Client.js"
import type { ModelId } from "../../Images.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"

export type Outcome = "pending" | "succeeded" | "failed" | "interrupted"

interface Sent {
  /** The options as passed, with additions by the layers above. */
  readonly options: RequestOptions
  readonly outcome: Outcome
}

export interface GenerateCall extends Sent {
  readonly operation: "generate"
  readonly request: ImageGenerationRequest
}

export interface GenerateStreamCall extends Sent {
  readonly operation: "generateStream"
  readonly request: ImageGenerationRequest
}

export interface ListModelsCall extends Sent {
  readonly operation: "listModels"
}

export interface ListModelEndpointsCall extends Sent {
  readonly operation: "listModelEndpoints"
  /** The model as passed: `"author/slug"`, or author and slug. */
  readonly model: ModelId | string
}

export type Call = GenerateCall | GenerateStreamCall | ListModelsCall | ListModelEndpointsCall

type WithoutOutcome<C extends Call> = C extends Call ? Omit<C, "outcome"> : never
export type Unended = WithoutOutcome<Call>

/** The outcome of an effect or a stream that ended. */
const outcomeOf = (exit: Exit.Exit<unknown, unknown>): Outcome => {
  if (Exit.isSuccess(exit)) return "succeeded"
  return Cause.isInterruptedOnly(exit.cause) ? "interrupted" : "failed"
}

/** One call, from the time it is sent. */
export class Entry {
  #outcome: Outcome = "pending"

  constructor(
    private readonly sent: Unended,
    /** The position among the operation's calls, from 0. */
    readonly index: number
  ) {}

  get call(): Call {
    return { ...this.sent, outcome: this.#outcome }
  }

  /** Only the first end counts. */
  end(exit: Exit.Exit<unknown, unknown>): void {
    if (this.#outcome === "pending") this.#outcome = outcomeOf(exit)
  }
}

export class Recorder {
  readonly #entries: Array<Entry> = []
  readonly #counts = new Map<Call["operation"], number>()

  begin(sent: Unended): Entry {
    const index = this.#counts.get(sent.operation) ?? 0
    this.#counts.set(sent.operation, index + 1)
    const entry = new Entry(sent, index)
    this.#entries.push(entry)
    return entry
  }

  get calls(): ReadonlyArray<Call> {
    return this.#entries.map(({ call }) => call)
  }

  reset(): void {
    this.#entries.length = 0
    this.#counts.clear()
  }
}
