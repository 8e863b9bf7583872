import * as FastCheck from "effect/FastCheck"
import { numberFrom } from "./environment.js"

/**
 * Random inputs are new ones in every run, and each failure prints its seed. `FUZZ_SEED` repeats a run, and CI has a seed of its own: there a
 * failure is the change's, and the search for new inputs is `npm run fuzz`.
 */
const seed = numberFrom("FUZZ_SEED") ?? (process.env["CI"] === undefined ? undefined : 20261125)

if (seed !== undefined) FastCheck.configureGlobal({ ...FastCheck.readConfigureGlobal(), seed })
