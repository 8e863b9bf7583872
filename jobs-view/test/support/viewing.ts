/** The view of jobs on a real port, and a client that says exactly what it is told to. */
import { createServer, type IncomingHttpHeaders, request } from "node:http"
import { HttpServer } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { type ConfigError, Effect, Layer, type Redacted, type Scope } from "effect"
import { GeneratedImage, type Images } from "effect-openrouter-images"
import type { Worker } from "effect-openrouter-images-jobs"
import { View } from "effect-openrouter-images-jobs-view"
import { working } from "../../../jobs/test/support/working.js"

/** A free port of 127.0.0.1. */
export const server = NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 })

/** Jobs, a worker, and their view on a free port of 127.0.0.1. */
export const viewing = (
  options: Worker.Options & { readonly token?: Redacted.Redacted<string> } = {},
  over: Parameters<typeof working>[1] = {}
): Layer.Layer<
  Layer.Layer.Success<ReturnType<typeof working>> | HttpServer.HttpServer,
  Layer.Layer.Error<typeof server> | ConfigError.ConfigError
> => View.layerServer(options).pipe(Layer.provideMerge(Layer.merge(working(options, over), server)))

/** Answers each generation with these pictures. */
export const drawing =
  (pictures: ReadonlyArray<GeneratedImage.GeneratedImage>) =>
  (images: Images.Service): Images.Service => ({
    ...images,
    generate: (...all) => Effect.map(images.generate(...all), (response) => ({ ...response, data: pictures }))
  })

export const svg = (text: string) => GeneratedImage.make(new TextEncoder().encode(text), "image/svg+xml")

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly text: string
}

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Unlike fetch it may name any Host, and says nothing of its own. */
export const ask = (path: string, { body, headers, method }: Asking = {}) =>
  Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
    Effect.async<Answer, Error>((resume) => {
      const port = address._tag === "TcpAddress" ? address.port : 0
      const sent = request(
        { host: "127.0.0.1", port, path, method: method ?? "GET", headers, agent: false },
        (answer) => {
          const chunks: Array<Buffer> = []
          answer.on("data", (chunk: Buffer) => chunks.push(chunk))
          answer.on("end", () => {
            const whole = Buffer.concat(chunks)
            resume(
              Effect.succeed({
                status: answer.statusCode ?? 0,
                headers: answer.headers,
                body: whole,
                text: whole.toString()
              })
            )
          })
        }
      )
      sent.on("error", (error) => resume(Effect.fail(error)))
      sent.end(body)
    })
  )

/** What an event of a job says. */
export interface Update {
  readonly title: string
  readonly announced: string
  readonly parts: Readonly<Record<string, string>>
  readonly progress: { readonly done: number; readonly failed: number; readonly finished: boolean }
}

/** Listens until the scope ends; what was heard so far, and whether the other side has ended it. */
export const listen = (
  path: string
): Effect.Effect<
  {
    readonly heard: () => ReadonlyArray<Update>
    readonly text: () => string
    readonly isOver: () => boolean
    readonly stop: Effect.Effect<void>
  },
  never,
  HttpServer.HttpServer | Scope.Scope
> =>
  Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        let text = ""
        let over = false
        const port = address._tag === "TcpAddress" ? address.port : 0
        const sent = request({ host: "127.0.0.1", port, path, agent: false }, (answer) => {
          answer.on("data", (chunk: Buffer) => {
            text += chunk.toString()
          })
          answer.on("close", () => {
            over = true
          })
        })
        sent.on("error", () => {
          over = true
        })
        sent.end()
        const heard = () => [...text.matchAll(/^data: (.*)\n\n/gm)].map((match): Update => JSON.parse(match[1] ?? ""))
        return { heard, text: () => text, isOver: () => over, stop: Effect.sync(() => sent.destroy()) }
      }),
      ({ stop }) => stop
    )
  )
