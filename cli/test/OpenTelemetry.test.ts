import { createServer } from "node:http"
import { FileSystem, HttpServer, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Schema } from "effect"
import { run } from "../src/Cli.js"
import { lines } from "./support/batches.js"
import { Environment, heard } from "./support/emulated.js"
import { inPlace } from "./support/jobs.js"

interface Sent {
  readonly url: string
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  readonly body: string
}

/** A collector that takes everything, and what it got. */
const collector = Effect.gen(function* () {
  const sent: Array<Sent> = []
  const context = yield* Layer.build(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
  const { address } = yield* Effect.provide(HttpServer.HttpServer, context)
  const take = Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { authorization, "content-type": contentType } = request.headers
    sent.push({ url: request.url, authorization, contentType, body: yield* request.text })
    return HttpServerResponse.empty({ status: 200 })
  })
  yield* Effect.provide(HttpServer.serveEffect(take), context)
  return { sent, endpoint: address._tag === "TcpAddress" ? `http://127.0.0.1:${address.port}` : "" }
})

const Value = Schema.Struct({
  stringValue: Schema.optional(Schema.String),
  doubleValue: Schema.optional(Schema.Number)
})
const Span = Schema.Struct({
  name: Schema.String,
  traceId: Schema.String,
  spanId: Schema.String,
  parentSpanId: Schema.optional(Schema.String),
  attributes: Schema.Array(Schema.Struct({ key: Schema.String, value: Value }))
})
const Traces = Schema.parseJson(
  Schema.Struct({
    resourceSpans: Schema.Array(
      Schema.Struct({ scopeSpans: Schema.Array(Schema.Struct({ spans: Schema.Array(Span) })) })
    )
  })
)

const spansIn = (sent: ReadonlyArray<Sent>) =>
  sent
    .filter(({ url }) => url === "/v1/traces")
    .flatMap(({ body }) => Schema.decodeUnknownSync(Traces)(body).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))

const said = (args: ReadonlyArray<string>, env: Record<string, string>) =>
  Effect.gen(function* () {
    const { exit, stderr } = yield* heard(run(["node", "openrouter-images", ...args]))
    return { exitCode: yield* exit, stderr }
  }).pipe(Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env)))))

const secret = "Bearer of-the-collector"

describe("a collector of OpenTelemetry", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("gets the trace of a job over its processes, the metrics, and no secret or prompt", () =>
      inPlace(({ database, folder, store }) =>
        Effect.gen(function* () {
          const { endpoint, sent } = yield* collector
          const env = {
            OPENROUTER_IMAGES_DATABASE: database,
            OPENROUTER_IMAGES_STORE: store,
            OPENROUTER_API_KEY: "sk-or-v1-secret",
            OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/`,
            OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(secret)}`,
            OTEL_EXPORTER_OTLP_PROTOCOL: "http/json"
          }
          const fs = yield* FileSystem.FileSystem
          yield* fs.writeFileString(`${folder}/animals.jsonl`, lines("a very private fox"))
          const submit = ["job", "submit", `${folder}/animals.jsonl`, "--model", "bytedance-seed/seedream-5-lite"]
          expect((yield* said(submit, env)).exitCode).toBe(0)
          const [submitted] = spansIn(sent).filter(({ name }) => name === "Jobs.submit")
          expect((yield* said(["job", "worker", "--until-done", "--emulator"], env)).exitCode).toBe(0)
          const spans = spansIn(sent)
          for (const name of ["Jobs.item", "Jobs.attempt", "generate_content bytedance-seed/seedream-5-lite"]) {
            const found = spans.filter((span) => span.name === name)
            expect(found.map(({ traceId }) => traceId)).toEqual([submitted?.traceId])
          }
          const metrics = sent.filter(({ url }) => url === "/v1/metrics").map(({ body }) => body)
          expect(metrics.at(-1)).toContain('"openrouter.client.cost"')
          expect(new Set(sent.map(({ authorization }) => authorization))).toEqual(new Set([secret]))
          expect(new Set(sent.map(({ contentType }) => contentType))).toEqual(new Set(["application/json"]))
          for (const { body } of sent) expect(body).not.toMatch(/sk-or-v1|of-the-collector|private fox/)
        })
      )
    )

    it.scoped("gets Protocol Buffers where nothing else is said", () =>
      Effect.gen(function* () {
        const { endpoint, sent } = yield* collector
        expect((yield* said(["models", "--emulator"], { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).exitCode).toBe(0)
        expect(sent.map(({ contentType, url }) => [url, contentType])).toContainEqual([
          "/v1/traces",
          "application/x-protobuf"
        ])
      })
    )

    it.scoped("may be away", () =>
      Effect.gen(function* () {
        const { exitCode, stderr } = yield* said(["models", "--emulator"], {
          OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1"
        })
        expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining("127.0.0.1:1")])
      })
    )

    it.scoped.each([
      ["ENDPOINT", "collector:4318", 'OTEL_EXPORTER_OTLP_ENDPOINT must be an http(s) URL, got "collector:4318".'],
      ["PROTOCOL", "grpc", 'OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf or http/json, got "grpc".'],
      ["HEADERS", "secret-without-a-name", "OTEL_EXPORTER_OTLP_HEADERS is not a list of headers."]
    ] as const)("refuses a setting that is not valid: %s", ([name, value, words]) =>
      Effect.gen(function* () {
        const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", [`OTEL_EXPORTER_OTLP_${name}`]: value }
        const { exitCode, stderr } = yield* said(["models", "--emulator"], env)
        expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)])
        expect(stderr).not.toContain("secret-without")
      })
    )
  })
})
