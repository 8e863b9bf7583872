/** `openrouter-images job list`: the jobs of a database. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Said from "../../output/Json.js"
import { listing } from "../../output/Listing.js"
import * as Database from "./database/Database.js"
import type { List } from "./Options.js"
import * as Line from "./Progress.js"

export const list = (options: List) =>
  Database.using(options, "fail", ({ jobs }) =>
    Effect.gen(function* () {
      const all = yield* jobs.list
      if (options.json) return yield* Said.document(all)
      if (all.length === 0) return yield* Console.error("no jobs yet: `openrouter-images job submit` makes one")
      yield* Console.log(yield* listing(Line.columns(all), all))
    })
  )
