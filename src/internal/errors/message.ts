/** The sentences of client-side errors: what happened and what it cost. */
import * as Duration from "effect/Duration"
import type * as Schema from "effect/Schema"
import type { Billing, Issue, OpenRouterError, Terms } from "../../Errors.js"
import { formatUsd } from "../endpoint/usd.js"
import type * as Fields from "./fields.js"
import { libraryTerms } from "./terms.js"

type Data<F extends Schema.Struct.Fields> = Schema.Struct.Type<F>

/** What happened, in two parts. In `message` the cost comes between them; an explanation shows it separately. */
export interface Happening {
  readonly event: string
  readonly details: ReadonlyArray<string>
}

/** What a failure cost, in a sentence. */
export const costOf = (billing: Billing): string =>
  billing === "notBilled"
    ? "Nothing was billed."
    : billing === "billed"
      ? "The generation was billed."
      : "It is not known whether the generation was billed."

/** The same of an error. To ask about a generation costs nothing, which says nothing about the generation. */
export const costOfError = ({ billing, operation }: Pick<OpenRouterError, "billing" | "operation">): string =>
  operation === "getGeneration" ? "To ask costs nothing." : costOf(billing)

/** The whole `message` of an error that has a cost. */
export const messageOf = (
  error: Pick<OpenRouterError, "billing" | "operation">,
  { details, event }: Happening
): string => [event, costOfError(error), ...details].join(" ")

/** The same without the cost. */
export const whatOf = ({ details, event }: Happening): string => [event, ...details].join(" ")

const keptImages = (images: ReadonlyArray<unknown>, { kept }: Terms): ReadonlyArray<string> =>
  images.length === 0 ? [] : [`${images.length} whole picture${images.length === 1 ? " is" : "s are"} ${kept}.`]

const issueLine = ({ message, path }: Issue, terms: Terms): string =>
  path.length === 0 ? message : `${terms.path(path)}: ${message}`

/** A single fault on the same line, several as a list of at most ten. */
const issueList = (issues: ReadonlyArray<Issue>, terms: Terms): string => {
  if (issues.length === 1) return ` ${issues.map((issue) => issueLine(issue, terms)).join("")}`
  const lines = issues.slice(0, 10).map((issue) => `\n  - ${issueLine(issue, terms)}`)
  return lines.join("") + (issues.length > 10 ? `\n  - and ${issues.length - 10} more` : "")
}

export const connection = (error: Data<typeof Fields.connection>, terms = libraryTerms): Happening => ({
  event:
    error.phase === "connect"
      ? `No connection to the server: ${error.description}.`
      : `The connection broke before the whole answer had arrived: ${error.description}.`,
  details: keptImages(error.images, terms)
})

export const timeout = (error: Data<typeof Fields.timeout>, terms = libraryTerms): Happening => ({
  event: `No whole answer within ${Duration.format(error.timeout)}.`,
  details: keptImages(error.images, terms)
})

export const responseValidation = (error: Data<typeof Fields.responseValidation>, terms = libraryTerms): Happening => ({
  event: `The answer (HTTP ${error.status}) is not what the API documents.`,
  details: [...keptImages(error.images, terms), `What is wrong:${issueList(error.issues, terms)}`]
})

export const incompleteStream = (error: Data<typeof Fields.incompleteStream>, terms = libraryTerms): Happening => ({
  event: "The stream ended before its picture was complete.",
  details: keptImages(error.images, terms)
})

/** Its text already says that nothing was sent. */
export const invalidRequest = (error: Data<typeof Fields.invalidRequest>, terms = libraryTerms): string =>
  `The request is not valid and was not sent:${issueList(error.issues, terms)}`

/** What is left of a budget's limit, if it has one. */
const spentOf = ({ limitUsd, reservedUsd, spentUsd }: Data<typeof Fields.budgetExceeded>): string => {
  const spent = `${formatUsd(spentUsd)} spent, ${formatUsd(reservedUsd)} reserved`
  if (!Number.isFinite(limitUsd)) return spent
  return spentUsd === 0 && reservedUsd === 0
    ? `the limit is ${formatUsd(limitUsd)}`
    : `the limit is ${formatUsd(limitUsd)} (${spent})`
}

/** Its text already says that nothing was sent. */
export const budgetExceeded = (error: Data<typeof Fields.budgetExceeded>): string => {
  if (error.reason === "ledger")
    return `The budget's ledger failed, so nothing was sent: ${error.description ?? "no reason given"}.`
  return error.reason === "limit"
    ? `The budget does not allow it, so nothing was sent: it may cost ${formatUsd(error.quoteUsd)}; ${spentOf(error)}.`
    : `The cost has no known upper bound, so nothing was sent: it is at least ${formatUsd(error.quoteUsd)}; ${spentOf(error)}.`
}
