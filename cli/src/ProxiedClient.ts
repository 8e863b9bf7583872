/** The HttpClient of the command, through the proxy of its environment. It takes time to load. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Undici from "@effect/platform-node/Undici"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Network from "./Network.js"

const makeDispatcher = ({ except, http, https }: Network.Proxies): Undici.Dispatcher =>
  new Undici.EnvHttpProxyAgent({
    httpProxy: http?.url.href ?? "",
    httpsProxy: https?.url.href ?? "",
    noProxy: except?.value ?? ""
  })

/**
 * undici itself, not `fetch`, which gives up after 300 seconds without a byte: a slow generation may take longer. Node
 * adds NODE_EXTRA_CA_CERTS to the certificates that it trusts.
 */
export const layer: Layer.Layer<HttpClient.HttpClient, ConfigError> = Layer.provide(
  NodeHttpClient.layerUndiciWithoutDispatcher,
  Layer.scoped(
    NodeHttpClient.Dispatcher,
    Effect.flatMap(Network.proxies, (found) =>
      Effect.acquireRelease(
        Effect.sync(() => makeDispatcher(found)),
        (dispatcher) => Effect.promise(() => dispatcher.destroy())
      )
    )
  )
)
