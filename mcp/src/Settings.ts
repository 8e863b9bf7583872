/** What the person who started the server has set. Nothing that an agent says changes it. */
import * as Context from "effect/Context"

export interface Service {
  /** The folder for the pictures, as a real path. */
  readonly output: string
  /** The folders that may be read: that of the pictures, and those that were allowed, as real paths. */
  readonly folders: ReadonlyArray<string>
  /** In US dollars. */
  readonly limitUsd: number
  /** What the budget covers, in milliseconds. */
  readonly window: number
  /** In US dollars: the person is asked before a call that may cost more. */
  readonly askAboveUsd: number
}

export class Settings extends Context.Tag("effect-openrouter-images-mcp/Settings")<Settings, Service>() {}
