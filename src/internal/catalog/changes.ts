/** Looks at the catalogue again and again, and says what changed in between. */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { ListModelEndpointsError } from "../../Errors.js"
import type { Images } from "../../Images.js"
import type { CatalogSnapshot } from "../../Schema/CatalogSnapshot.js"
import type { Change } from "./change.js"
import { diff, merge } from "./diff.js"
import { snapshot } from "./snapshot.js"

export interface ChangesOptions {
  /** When to look again. Default: an hour after each look. */
  readonly schedule?: Schedule.Schedule<unknown> | undefined
  /**
   * When to look again after a look that failed. What it then finds is compared with the last look that succeeded, so no
   * change is lost. Default: never. The client's own retries come first in any case.
   */
  readonly retry?: Schedule.Schedule<unknown, ListModelEndpointsError> | undefined
  /** What the first look is compared with. Default: nothing, so the first look finds no change. */
  readonly since?: CatalogSnapshot | undefined
}

export const changes = ({
  retry = Schedule.stop,
  schedule = Schedule.spaced("1 hour"),
  since
}: ChangesOptions = {}): Stream.Stream<Change, ListModelEndpointsError, Images> =>
  Stream.unwrap(
    Effect.map(Ref.make(since), (last) => {
      const look = Effect.flatMap(Effect.retry(snapshot, retry), (after) =>
        Ref.modify(last, (before): readonly [ReadonlyArray<Change>, CatalogSnapshot] =>
          before === undefined ? [[], after] : [diff(before, after), merge(before, after)]
        )
      )
      return Stream.flatMap(Stream.repeatEffectWithSchedule(look, schedule), (all) => Stream.fromIterable(all))
    })
  )
