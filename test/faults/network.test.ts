import { FetchHttpClient } from "@effect/platform"
import { matrix } from "./matrix.js"
import { table } from "./table.js"

matrix(
  "broken connections, spoilt bodies, streams that end otherwise, and errors within a success, over fetch",
  [...table.network, ...table.bodies, ...table.streams, ...table.successes],
  FetchHttpClient.layer
)
