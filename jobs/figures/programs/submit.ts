/** Submits as many requests as it is told to, as a stream. */
import { NodeRuntime } from "@effect/platform-node"
import { Config, Effect, Layer } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { prompts } from "../prompts.js"

const jobsLive = Layer.unwrapEffect(
  Effect.map(Config.string("SQLITE_FILE"), (filename) =>
    Jobs.layer.pipe(Layer.provide(Sqlite.layerClient({ filename })))
  )
)

Config.integer("PICTURES").pipe(
  Effect.flatMap((pictures) => Jobs.submit(prompts(pictures), { job: "figures" })),
  Effect.provide(jobsLive),
  NodeRuntime.runMain
)
