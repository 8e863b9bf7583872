// `main.js [--short] [--client fetch|undici] [--seed N]`
import { parseArgs } from "node:util"

export interface Options {
  readonly client: "fetch" | "undici"
  readonly seed: number
  /** How many generations of a small picture, and of one of about 4 MB. */
  readonly small: number
  readonly large: number
  /** How many of them come before the memory is first looked at. */
  readonly warming: { readonly small: number; readonly large: number }
  /** How often everything under way is interrupted. */
  readonly interruptions: number
  /** How long a call waits whose answer never comes, in milliseconds. */
  readonly patience: number
}

const long = { small: 10_000, large: 500, warming: { small: 500, large: 64 }, interruptions: 20, patience: 2000 }
const short = { small: 400, large: 40, warming: { small: 150, large: 32 }, interruptions: 5, patience: 1000 }

export const concurrency = 64

export const optionsFrom = (args: ReadonlyArray<string>): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: "boolean", default: false },
      client: { type: "string", default: "fetch" },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) }
    }
  })
  const { client } = values
  const seed = Number(values.seed)
  if (client !== "fetch" && client !== "undici") throw new Error(`--client must be fetch or undici, got ${client}`)
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed must be an integer, got ${values.seed}`)
  return { client, seed, ...(values.short ? short : long) }
}
