/** Amounts of money in answers. */
import { amounts, isAmount } from "./amount.js"
import { constrain } from "./checked.js"

/** A negative or infinite amount is none. */
export const Dollars = constrain("US dollars, zero or more", isAmount, amounts)
