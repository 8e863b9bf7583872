// A process that makes pictures without end, and settles what its like have left unknown:
// node reconcileWorker.js BASE_URL PATH CALLS_AT_A_TIME. With 0 calls it only settles, and ends when nothing is left that
// can be settled.
import { writeSync } from "node:fs"
import { Effect, Layer, Schedule } from "effect"
import { Budget, Images, Reconcile } from "effect-openrouter-images"
import { overFile, request } from "./programs.js"
import { quiet } from "./quiet.js"

const [, , baseUrl = "", path = "", calls = "0"] = process.argv

const schedule = Schedule.intersect(Schedule.spaced("200 millis"), Schedule.recurs(100))

const limited = Budget.layerWithStore({ limitUsd: 100, window: "1 day" })
const ImagesLive = overFile(Layer.provideMerge(Reconcile.layer({ schedule }), limited), { baseUrl, path })

// The picture is paid for when its head comes, and its bytes come slowly.
const slowly = {
  headers: {
    "x-emulator-fault": JSON.stringify({ _tag: "Pace", chunkBytes: 400, everyMillis: 60, afterCompletion: true })
  }
}

const one = Effect.zipRight(
  Images.generate(request, slowly),
  Effect.sync(() => writeSync(1, "."))
)

const isOpen = Effect.map(Budget.status, ({ reservations }) =>
  reservations.some(({ generationId }) => generationId !== undefined)
)

const program =
  calls === "0"
    ? Effect.repeat(isOpen, { while: (open) => open, schedule: Schedule.spaced("200 millis") })
    : Effect.forever(one).pipe(Effect.replicate(Number(calls)), (all) => Effect.all(all, { concurrency: "unbounded" }))

await program.pipe(Effect.provide(ImagesLive), quiet, Effect.runPromise)
