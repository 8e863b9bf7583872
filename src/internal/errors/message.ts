/** The sentences of the errors that arise on this side of the wire: what happened and what it cost. */
import * as Duration from "effect/Duration"
import type * as Schema from "effect/Schema"
import type * as Fields from "./fields.js"

type Data<F extends Schema.Struct.Fields> = Schema.Struct.Type<F>
type Billing = typeof Fields.Billing.Type
type Issue = typeof Fields.Issue.Type

/** What a failure cost, in a sentence. */
export const cost = (billing: Billing): string =>
  billing === "notBilled"
    ? "Nothing was billed."
    : billing === "billed"
      ? "The generation was billed."
      : "It is not known whether the generation was billed."

const kept = (images: ReadonlyArray<unknown>): string =>
  images.length === 0 ? "" : ` ${images.length} whole picture${images.length === 1 ? " is" : "s are"} in \`images\`.`

/** `inputReferences[3].imageUrl.url` */
export const pathOf = (path: Issue["path"]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    ""
  )

const issueLine = ({ path, message }: Issue): string => (path.length === 0 ? message : `${pathOf(path)}: ${message}`)

/** One fault on the line itself, several as a list of at most ten. */
const issueList = (issues: ReadonlyArray<Issue>): string => {
  if (issues.length === 1) return ` ${issues.map(issueLine).join("")}`
  const lines = issues.slice(0, 10).map((issue) => `\n  - ${issueLine(issue)}`)
  return lines.join("") + (issues.length > 10 ? `\n  - and ${issues.length - 10} more` : "")
}

export const connection = (error: Data<typeof Fields.connection>): string =>
  (error.phase === "connect"
    ? `No connection to the server: ${error.description}.`
    : `The connection broke before the whole answer had arrived: ${error.description}.`) +
  ` ${cost(error.billing)}${kept(error.images)}`

export const timeout = (error: Data<typeof Fields.timeout>): string =>
  `No whole answer within ${Duration.format(error.timeout)}. ${cost(error.billing)}${kept(error.images)}`

export const invalidRequest = (error: Data<typeof Fields.invalidRequest>): string =>
  `The request is not valid and was not sent:${issueList(error.issues)}`

/** US dollars, without the noise of binary fractions. */
const usd = (amount: number): string => `$${Number(amount.toFixed(6))}`

export const budgetExceeded = (error: Data<typeof Fields.budgetExceeded>): string => {
  const left = `of ${usd(error.limitUsd)}, ${usd(error.spentUsd)} are spent and ${usd(error.reservedUsd)} reserved`
  if (error.reason === "ledger")
    return `The budget's ledger failed, so nothing was sent: ${error.description ?? "no reason given"}.`
  return error.reason === "limit"
    ? `The budget does not allow it, so nothing was sent: it may cost ${usd(error.quoteUsd)}; ${left}.`
    : `The cost has no known upper bound, so nothing was sent: it is at least ${usd(error.quoteUsd)}; ${left}.`
}

export const responseValidation = (error: Data<typeof Fields.responseValidation>): string =>
  `The answer (HTTP ${error.status}) is not what the API documents. ${cost(error.billing)}${kept(error.images)} ` +
  `What is wrong:${issueList(error.issues)}`

export const incompleteStream = (error: Data<typeof Fields.incompleteStream>): string =>
  `The stream ended before its picture was complete. ${cost(error.billing)}${kept(error.images)}`
