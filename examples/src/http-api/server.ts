import { HttpApiBuilder } from "@effect/platform"
import { Layer } from "effect"
import { PicturesApi } from "./api.js"
import { PicturesLive } from "./handlers.js"

/** The API as a program; it wants Images, and a server to run on. */
export const ServerLive = HttpApiBuilder.serve().pipe(
  Layer.provide(HttpApiBuilder.api(PicturesApi)),
  Layer.provide(PicturesLive)
)
