import { it, makeMethods } from "@effect/vitest"

/** `layer` puts its testers on `it` itself, where the next file of the same thread would find them, with a layer that is gone. */
makeMethods(it)
