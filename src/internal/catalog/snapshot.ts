/** The whole catalogue, asked for anew. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Issue, ListModelEndpointsError } from "../../Errors.js"
import { Images } from "../../Images.js"
import type { CatalogEntry, CatalogSnapshot } from "../../Schema/CatalogSnapshot.js"
import type { ImageModelListItem } from "../../Schema/ImageModel.js"
import { orAbsent } from "../schema/lists.js"
import { present } from "../schema/present.js"

/** How many models' endpoints are fetched at once. */
export const concurrency = 8

/** Endpoints hold the faults of their own prices. */
const isOfPrice = ({ path: [, , field, index] }: Issue): boolean => field === "pricing" && index !== undefined

const ofEndpoints = (faults: ReadonlyArray<Issue> = []) => orAbsent(faults.filter((fault) => !isOfPrice(fault)))

/** A model that is gone by now has no entry. */
const entryOf = (model: ImageModelListItem) =>
  Images.pipe(
    Effect.flatMap((images) => images.listModelEndpoints(model.id)),
    Effect.map(
      ({ endpoints, faults }): CatalogEntry => ({ model, endpoints, ...present({ faults: ofEndpoints(faults) }) })
    ),
    Effect.asSome,
    Effect.catchTag("NotFoundResponseError", () => Effect.succeedNone)
  )

export const snapshot: Effect.Effect<CatalogSnapshot, ListModelEndpointsError, Images> = Effect.gen(function* () {
  const takenAtMillis = yield* Clock.currentTimeMillis
  const { data, faults } = yield* Effect.flatMap(Images, (images) => images.listModels())
  const entries = yield* Effect.forEach(data, entryOf, { concurrency })
  return { takenAtMillis, entries: entries.flatMap(Option.toArray), ...present({ faults }) }
})
