/** Outcomes as the database keeps them. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Billing } from "effect-openrouter-images/Errors"
import { UnreadableOutcomeError } from "../../Errors.js"
import { Outcome } from "../../Generation.js"

const OutcomeText = Schema.parseJson(Outcome)
const encode = Schema.encodeSync(OutcomeText)
const decode = Schema.decodeEither(OutcomeText)

const parse = Schema.decodeOption(Schema.parseJson(Schema.Unknown))
const isBilling = Schema.is(Billing)

/** What a text says about the billing that nobody can read otherwise. */
const billingIn = (text: string): Billing => {
  const outcome = parse(text)
  if (outcome._tag === "None" || !Predicate.isRecord(outcome.value)) return "unknown"
  if (outcome.value["_tag"] === "Made") return "billed"
  const error = outcome.value["error"]
  return Predicate.isRecord(error) && isBilling(error["billing"]) ? error["billing"] : "unknown"
}

/** What could not be read is written as it was. */
export const encodeOutcome = (outcome: Outcome): string =>
  outcome._tag === "Failed" && outcome.error._tag === "UnreadableOutcomeError" ? outcome.error.text : encode(outcome)

/** What a newer version wrote stays an outcome, whose text is kept. */
export const decodeOutcome = (text: string): Outcome =>
  Either.getOrElse(
    decode(text),
    (): Outcome => ({
      _tag: "Failed",
      error: new UnreadableOutcomeError({ billing: billingIn(text), text }),
      pictures: []
    })
  )
