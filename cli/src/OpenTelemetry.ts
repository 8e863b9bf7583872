/**
 * Spans and metrics for a collector of OpenTelemetry, where the environment names one:
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { undici } from "./Connection.js"
import { UsageError } from "./failure/Failure.js"
import { variable } from "./Variable.js"

const endpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT"
const headersVariable = "OTEL_EXPORTER_OTLP_HEADERS"
const protocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL"

const endpointOf = (value: string): Either.Either<URL, UsageError> =>
  Option.match(
    Option.filter(Option.liftThrowable(() => new URL(value))(), ({ protocol }) => /^https?:$/.test(protocol)),
    {
      onNone: () =>
        Either.left(
          new UsageError({
            problem: `${endpointVariable} must be an http(s) URL, got ${JSON.stringify(value)}.`,
            advice: `Set it to the collector's address, such as http://127.0.0.1:4318, or remove it.`
          })
        ),
      onSome: Either.right
    }
  )

const decoded = (value: string): string =>
  Option.getOrElse(Option.liftThrowable(decodeURIComponent)(value), () => value)

/** `name=value,name=value`, where a value may be percent-encoded. */
const headersOf = (value: string): Either.Either<Record<string, string>, UsageError> => {
  const pairs = value.split(",").map((pair) => /^\s*([!#$%&'*+.^_`|~\w-]+)\s*=(.*)$/.exec(pair) ?? [])
  return pairs.some(({ length }) => length === 0)
    ? Either.left(
        new UsageError({
          problem: `${headersVariable} is not a list of headers.`,
          advice: "Write it as name=value,name=value; its value is a secret and is not shown here."
        })
      )
    : Either.right(Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name, decoded(value.trim())])))
}

const protocols = ["http/protobuf", "http/json"] as const

const protocolOf = (value: string): Either.Either<(typeof protocols)[number], UsageError> => {
  const known = protocols.find((name) => name === value)
  return known === undefined
    ? Either.left(
        new UsageError({
          problem: `${protocolVariable} must be ${protocols.join(" or ")}, got ${JSON.stringify(value)}.`,
          advice: "Collectors take these at port 4318; remove the variable for http/protobuf."
        })
      )
    : Either.right(known)
}

/** Sends what is left within three seconds at the end. A collector that is away is tried again a minute later. */
const exporting = (endpoint: string) =>
  Effect.gen(function* () {
    const { href } = yield* endpointOf(endpoint)
    const base = href.replace(/\/$/, "")
    const secret = yield* Config.redacted(headersVariable).pipe(Config.withDefault(Redacted.make("")))
    const headers = Redacted.value(secret) === "" ? {} : yield* headersOf(Redacted.value(secret))
    const protocol = yield* protocolOf((yield* variable(protocolVariable))?.value ?? protocols[0])
    const serviceName = yield* variable("OTEL_SERVICE_NAME")
    const [OtlpTracer, OtlpMetrics, OtlpSerialization] = yield* Effect.promise(() =>
      Promise.all([
        import("@effect/opentelemetry/OtlpTracer"),
        import("@effect/opentelemetry/OtlpMetrics"),
        import("@effect/opentelemetry/OtlpSerialization")
      ])
    )
    const options = {
      headers,
      resource: { serviceName: serviceName?.value ?? "openrouter-images" }
    }
    return Layer.merge(
      OtlpTracer.layer({ ...options, url: `${base}/v1/traces` }),
      OtlpMetrics.layer({ ...options, url: `${base}/v1/metrics` })
    ).pipe(
      Layer.provide(protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf),
      Layer.provide(undici)
    )
  })

/** Empty where the environment names no collector. */
export const layer: Layer.Layer<never, UsageError | ConfigError> = Layer.unwrapEffect(
  Effect.flatMap(variable(endpointVariable), (endpoint) =>
    endpoint === undefined ? Effect.succeed(Layer.empty) : exporting(endpoint.value)
  )
)
