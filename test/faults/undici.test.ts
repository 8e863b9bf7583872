import { NodeHttpClient } from "@effect/platform-node"
import { matrix } from "./matrix.js"
import { table } from "./table.js"

matrix(
  "every fault for who gives no option at all, over undici",
  Object.values(table).flat(),
  NodeHttpClient.layerUndici,
  ({ policy }) => policy === "default"
)
