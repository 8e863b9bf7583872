/** `openrouter-images models --save` and `--diff`: the catalogue in a file, and what changed since. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Catalog, type Errors, type Images } from "effect-openrouter-images"
import { Connection } from "../../Connection.js"
import { CatalogueChangedError, type FileError, UsageError } from "../../failure/Failure.js"
import { listing } from "../../output/Listing.js"
import * as Print from "../../output/Print.js"
import { formatTime, pluralize } from "../../output/Text.js"
import type { Screen } from "../../terminal/Screen.js"
import { ask } from "./Ask.js"
import * as ChangeText from "./ChangeText.js"
import * as SavedCatalogue from "./SavedCatalogue.js"

/** What is said about the rows of a list; a file has all models. */
interface Filters {
  readonly sort: string | undefined
  readonly supports: ReadonlyArray<string>
  readonly maxPrice: number | undefined
}

interface Given extends Filters {
  readonly save: string | undefined
  readonly diff: string | undefined
  readonly json: boolean
}

/** Whether a file is asked for. */
export const areAsked = ({ diff, save }: Pick<Given, "save" | "diff">): boolean =>
  save !== undefined || diff !== undefined

const checkFilters = ({ maxPrice, sort, supports }: Filters): Effect.Effect<void, UsageError> => {
  const given = [
    ...(sort === undefined ? [] : ["--sort"]),
    ...(supports.length === 0 ? [] : ["--supports"]),
    ...(maxPrice === undefined ? [] : ["--max-price"])
  ]
  if (given.length === 0) return Effect.void
  return new UsageError({
    problem: `--save and --diff are about all models, so ${given.join(" and ")} cannot be given with them.`,
    advice: `Leave out ${given.join(" and ")}.`
  })
}

const readBefore = (file: string) =>
  Effect.gen(function* () {
    const { emulated } = yield* Connection
    const before = yield* SavedCatalogue.read(file)
    if (before.emulated === emulated) return before
    const [saved, asked] = emulated ? ["OpenRouter's", "the emulator's"] : ["the emulator's", "OpenRouter's"]
    return yield* new UsageError({
      problem: `${file} has ${saved} models, which cannot be compared with ${asked}.`,
      advice: emulated
        ? "Leave out --emulator, and set OPENROUTER_API_KEY."
        : "Add --emulator, or save OpenRouter's models."
    })
  })

/** Models and endpoints that could not be read are in no comparison. */
const noteFaults = ({ entries, faults = [] }: Catalog.Snapshot): Effect.Effect<void> => {
  const all = [...faults, ...entries.flatMap((entry) => entry.faults ?? [])]
  return all.length === 0
    ? Effect.void
    : Print.note([["left out", `${pluralize(all.length, "part")} of the catalogue could not be read`]])
}

const printSaved = (file: string, { entries }: Catalog.Snapshot, json: boolean) => {
  const count = { models: entries.length, endpoints: entries.flatMap(({ endpoints }) => endpoints).length }
  return json
    ? Print.json({ saved: file, ...count })
    : Console.log(`${pluralize(count.models, "model")} with ${pluralize(count.endpoints, "endpoint")} saved: ${file}`)
}

const printChanges = (changes: ReadonlyArray<Catalog.Change>, since: string, json: boolean) =>
  Effect.gen(function* () {
    if (json) yield* Print.json(changes.map(ChangeText.document))
    else if (changes.length > 0) yield* Console.log(yield* listing(ChangeText.columns, changes))
    if (changes.length === 0) return yield* Console.error(`nothing changed since ${since}`)
    return yield* new CatalogueChangedError({ count: changes.length, since })
  })

/** Saves the catalogue, or compares it with one that was saved, or both. Each asks once for it. */
export const changes = ({
  diff,
  json,
  save,
  ...filters
}: Given): Effect.Effect<
  void,
  Errors.ListModelEndpointsError | FileError | UsageError | CatalogueChangedError,
  Images.Images | Connection | Screen | FileSystem.FileSystem
> =>
  Effect.gen(function* () {
    yield* checkFilters(filters)
    const { emulated } = yield* Connection
    const before = diff === undefined ? undefined : yield* readBefore(diff)
    const after = yield* ask("models and prices", Catalog.snapshot)
    yield* noteFaults(after)
    if (save !== undefined) yield* SavedCatalogue.save(save, { emulated, ...after })
    if (before !== undefined) {
      const since = formatTime(new Date(before.takenAtMillis))
      return yield* printChanges(ChangeText.sort(Catalog.diff(before, after)), since, json)
    }
    if (save !== undefined) yield* printSaved(save, after, json)
  })
