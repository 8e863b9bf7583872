/** The billing of several attempts together. */
import type { Billing } from "effect-openrouter-images/Errors"

const gravity: Readonly<Record<Billing, number>> = { notBilled: 0, billed: 1, unknown: 2 }

export const worseBilling = (one: Billing, other: Billing): Billing => (gravity[other] > gravity[one] ? other : one)
