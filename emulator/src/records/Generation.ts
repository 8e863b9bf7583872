/** A generation, from the moment it is accepted to its end: what its ledger entry and its record are made of. */
import type { Usage } from "../answers/Wire.js"
import type { Accepted } from "../requests/Accepted.js"
import { promptTokens } from "../requests/Price.js"
import type { Delay } from "./Lateness.js"

/** What was asked for, and by whom it is served. */
export interface Asked {
  readonly model: string
  readonly prompt: string
  readonly promptTokens: number
  readonly references: number
  readonly user: string | undefined
  readonly sessionId: string | undefined
  readonly streamed: boolean
  readonly providerName: string
  readonly providerSlug: string
  /** The address of the app that asked, where it told one. */
  readonly referer: string | undefined
}

/** How it ended. Only what completed costs anything. */
export type Outcome =
  | {
      readonly _tag: "Completed"
      readonly pictures: number
      readonly usage: Usage
      /** Whether the provider charged a key of the user's own. */
      readonly isByok: boolean
    }
  | { readonly _tag: "Failed"; readonly status: number }
  | { readonly _tag: "Cancelled" }

export interface Generation {
  readonly id: string
  readonly asked: Asked
  readonly outcome: Outcome
  /** Times in milliseconds. */
  readonly startedAt: number
  readonly endedAt: number
  /** How long after its end its record appears. */
  readonly delay: Delay
}

export const askedOf = (accepted: Accepted, referer: string | undefined): Asked => {
  const { endpoint, request, stream } = accepted
  return {
    model: request.model,
    prompt: request.prompt,
    promptTokens: promptTokens(accepted),
    references: request.inputReferences?.length ?? 0,
    user: request.user,
    sessionId: request.sessionId,
    streamed: stream,
    providerName: endpoint.providerName,
    providerSlug: endpoint.providerSlug,
    referer
  }
}

/** Whether its record can be seen. */
export const hasAppeared = ({ delay, endedAt }: Generation, now: number): boolean =>
  delay !== null && now >= endedAt + delay
