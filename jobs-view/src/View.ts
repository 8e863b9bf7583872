/**
 * Jobs in a browser: how far they are, what they cost, what failed and why, and the pictures as they come. A worker's
 * process can serve it, and so can any other process that has the database and the ImageStore.
 *
 * It only shows: nothing in it sends, cancels or pays.
 *
 * @since 0.1.0
 */
import { createServer } from "node:http"
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import type { HttpApiGroup } from "@effect/platform/HttpApiGroup"
import type * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import type { ServeError } from "@effect/platform/HttpServerError"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type * as SqlClient from "@effect/sql/SqlClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { type ImageStore, Jobs } from "effect-openrouter-images-jobs"
import { guard, tokenFor } from "./internal/access/guard.js"
import { Api } from "./internal/http/api.js"
import * as Handlers from "./internal/http/handlers.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface ServerOptions {
  /**
   * Whoever has it may look. Programs send it as `Authorization: Bearer`, people type it into the page that asks for
   * it. At least 16 visible ASCII characters. Default: none, which only a server on loopback may have.
   */
  readonly token?: Redacted.Redacted<string> | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options extends ServerOptions {
  /** Default: `127.0.0.1`, which only this machine can reach. Any host but loopback needs a token. */
  readonly host?: string | undefined
  /** Default: 8788; 0 picks a free one. */
  readonly port?: number | undefined
}

/**
 * The view's endpoints: `/api/jobs`, `/api/jobs/NAME`, and its `/failures`, `/history` and `/items` as JSON, the pages at
 * `/` and `/jobs/NAME`.
 *
 * `HttpApiClient.make` makes a client of it. A server of your own serves it with `layerHandlers`, behind its own
 * protection.
 *
 * @since 0.1.0
 * @category api
 */
export const api = Api

/**
 * Answers the endpoints of `api`. It does not ask who looks: the server that you put it into has to.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { HttpLayerRouter } from "@effect/platform"
 * import { Layer } from "effect"
 * import { View } from "effect-openrouter-images-jobs-view"
 *
 * const ViewRoutes = HttpLayerRouter.addHttpApi(View.api).pipe(Layer.provide(View.layerHandlers))
 * ```
 */
export const layerHandlers: Layer.Layer<
  HttpApiGroup.ToService<"images-jobs-view", (typeof Api)["groups"][keyof (typeof Api)["groups"]]>,
  never,
  ImageStore.ImageStore | SqlClient.SqlClient
> = Layer.provide(Handlers.layer, Jobs.layer)

const logAddress = HttpServer.addressFormattedWith((address) =>
  Effect.logInfo(`The jobs can be looked at on ${address.replace("0.0.0.0", "127.0.0.1")}`)
)

/**
 * The view on your HttpServer, which serves nothing else. Where other machines can reach that server and there is no
 * token, it fails with a ConfigError that names `token`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerServer = (
  options: ServerOptions = {}
): Layer.Layer<
  never,
  ConfigError,
  ImageStore.ImageStore | SqlClient.SqlClient | HttpServer.HttpServer | HttpRouter.HttpRouter.DefaultServices
> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      const token = yield* tokenFor(address, options.token)
      return HttpApiBuilder.serve(guard(token)).pipe(
        Layer.provide(HttpApiBuilder.api(Api)),
        Layer.provide(layerHandlers),
        // Otherwise another HttpApi of the same program would share its routes with this one.
        Layer.fresh
      )
    })
  ).pipe(Layer.merge(Layer.effectDiscard(logAddress)))

/**
 * The view on a port of its own, by Node, for as long as the layer's scope lasts.
 *
 * On loopback everybody who uses this machine may look. Pages of other sites may not, even under a name of theirs that
 * leads here.
 *
 * Any other `host` needs a `token`; without one it fails with a ConfigError before it listens. It speaks plain HTTP:
 * put a proxy with TLS before it where the network is not your own.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { NodeContext } from "@effect/platform-node"
 * import { Layer } from "effect"
 * import { ImageStore } from "effect-openrouter-images-jobs"
 * import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
 * import { View } from "effect-openrouter-images-jobs-view"
 *
 * const ViewLive = View.layer({ port: 8788 }).pipe(
 *   Layer.provide(ImageStore.layerFolder("pictures")),
 *   Layer.provide(Sqlite.layerClient({ filename: "pictures.db" })),
 *   Layer.provide(NodeContext.layer)
 * )
 * ```
 */
export const layer = (
  options: Options = {}
): Layer.Layer<never, ConfigError | ServeError, ImageStore.ImageStore | SqlClient.SqlClient> => {
  const host = options.host ?? "127.0.0.1"
  const port = options.port ?? 8788
  return Layer.unwrapEffect(
    Effect.as(
      tokenFor({ _tag: "TcpAddress", hostname: host, port }, options.token),
      layerServer(options).pipe(Layer.provide(NodeHttpServer.layer(() => createServer(), { host, port })))
    )
  )
}

/**
 * `layer` from Config.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { Config } from "effect"
 * import { View } from "effect-openrouter-images-jobs-view"
 *
 * const ViewLive = View.layerConfig({ host: Config.succeed("0.0.0.0"), token: Config.redacted("VIEW_TOKEN") })
 * ```
 */
export const layerConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<never, ConfigError | ServeError, ImageStore.ImageStore | SqlClient.SqlClient> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
