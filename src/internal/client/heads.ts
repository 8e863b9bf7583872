/** The heads of a client's calls. Most calls change nothing in it, and share one. */
import { makeRedactor, type Redactor } from "./redaction.js"
import * as Settings from "./settings.js"

/** The address and the headers of a call, and the redactor of the secrets in its options. */
export interface Head extends Settings.Head {
  readonly redact: Redactor
}

const headOf = (settings: Settings.Settings): Head => ({
  ...Settings.head(settings),
  redact: makeRedactor(Settings.secretsOf(settings))
})

/** The options of a call that win over those of its client. */
type Changes = Pick<Settings.Settings, "baseUrl" | "headers">

/** Makes the head of each call of a client. The common one is made at the first call that needs it. */
export const headsOf = (client: Settings.Settings): ((call: Changes) => Head) => {
  let common: Head | undefined
  return (call) => {
    const baseUrl = call.baseUrl ?? client.baseUrl
    if (baseUrl !== client.baseUrl || call.headers !== undefined) {
      return headOf({ ...client, baseUrl, headers: { ...client.headers, ...call.headers } })
    }
    common ??= headOf(client)
    return common
  }
}
