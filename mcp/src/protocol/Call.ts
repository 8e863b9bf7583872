/** The call of a tool as its client sent it, in the fiber that carries it out. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

export interface Service {
  /** The number of the request among those of its client. */
  readonly requestId: string | undefined
  /** Whether the client can ask its person a question. */
  readonly canAsk: boolean
  /** Tells the client how far the call is, if it wants to know. */
  readonly report: (message: string) => Effect.Effect<void>
}

/** Outside of a call there is nobody to ask or to tell. */
export class Call extends Context.Reference<Call>()("effect-openrouter-images-mcp/Call", {
  defaultValue: (): Service => ({ requestId: undefined, canAsk: false, report: () => Effect.void })
}) {}
