import { NodeHttpClient } from "@effect/platform-node"
import { matrix } from "./matrix.js"
import { table } from "./table.js"

/** The matrix gives its proxy to `fetch`; undici's own dispatcher has one in test/network/proxy.test.ts. */
const overUndici = Object.values(table)
  .flat()
  .filter(({ fault }) => fault._tag !== "NoTunnel")

matrix(
  "every fault for who gives no option at all, over undici",
  overUndici,
  NodeHttpClient.layerUndici,
  ({ policy }) => policy === "default"
)
