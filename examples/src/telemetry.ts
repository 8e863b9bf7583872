// Traces and metrics of two generations, printed by OpenTelemetry's console exporters. For a real backend put an OTLP exporter in their place.
import { NodeSdk } from "@effect/opentelemetry"
import { NodeRuntime } from "@effect/platform-node"
import { ConsoleMetricExporter, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics"
import { ConsoleSpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { Effect, Layer, Redacted, Schedule } from "effect"
import { Client, Images, Retry, Telemetry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const ImagesLive = Telemetry.layer().pipe(
  Layer.provide(Images.layer),
  Layer.provide(
    Client.layer({ apiKey: Redacted.make("any"), retry: { ...Retry.safe, schedule: Schedule.spaced("10 millis") } })
  ),
  Layer.provideMerge(Emulator.layerClient)
)

const OpenTelemetryLive = NodeSdk.layer(() => ({
  resource: { serviceName: "pictures" },
  spanProcessor: new SimpleSpanProcessor(new ConsoleSpanExporter()),
  metricReader: new PeriodicExportingMetricReader({ exporter: new ConsoleMetricExporter() })
}))

const program = Effect.gen(function* () {
  const emulator = yield* Emulator.Emulator
  // Too busy once, then a picture; then no credits.
  yield* emulator.script([{ _tag: "Status", status: 429 }, null, { _tag: "Status", status: 402 }])
  yield* Images.generate({ model: "krea/krea-2", prompt: "a paper boat", resolution: "512" })
  yield* Effect.ignore(Images.generate({ model: "krea/krea-2", prompt: "a paper plane" }))
})

program.pipe(Effect.provide(Layer.provideMerge(ImagesLive, OpenTelemetryLive)), NodeRuntime.runMain)
