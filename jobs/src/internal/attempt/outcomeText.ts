/** Outcomes as the database keeps them. */
import * as Schema from "effect/Schema"
import { Outcome } from "../../Generation.js"

const OutcomeText = Schema.parseJson(Outcome)
export const encodeOutcome: (outcome: Outcome) => string = Schema.encodeSync(OutcomeText)
export const decodeOutcome: (text: string) => Outcome = Schema.decodeSync(OutcomeText)
