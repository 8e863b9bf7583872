import { afterAll, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { numberFrom } from "../../support/environment.js"

const numRuns = numberFrom("FUZZ_RUNS") ?? 300

/** How many inputs a property has that costs as much as `1 / share` ordinary ones; the seed is that of all tests (support/seed.ts). */
const parameters = (share: number): FastCheck.Parameters<unknown> => ({
  numRuns: Math.max(1, Math.ceil(numRuns * share))
})

/** No input takes longer: whoever waits for more hangs. */
const longest = "10 seconds"

/** The event loop turns: a rejection that nobody handled is told then, and the runner hears that this test is alive. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let properties = 0
let tried = 0

/**
 * A test that holds for many inputs (`FUZZ_RUNS`, 300 unless set; `share` of them where one is dear), made from the seed `FUZZ_SEED` or a new
 * one each time. What fails is shrunk and printed with its seed.
 */
export const holds = <T>(
  name: string,
  inputs: FastCheck.Arbitrary<T>,
  claim: (input: T) => Effect.Effect<unknown, unknown>,
  share = 1
): void => {
  properties++
  it(name, { timeout: 0 }, () =>
    FastCheck.assert(
      FastCheck.asyncProperty(inputs, (input) => {
        tried++
        return Effect.runPromise(
          Effect.asVoid(claim(input)).pipe(
            Effect.timeoutFail({ duration: longest, onTimeout: () => new Error(`no outcome within ${longest}`) })
          )
        )
      }).afterEach(turn),
      parameters(share)
    )
  )
}

// Each file of tests has a count of its own.
afterAll(() =>
  console.log(
    `${tried} inputs for ${properties} properties, FUZZ_SEED ${FastCheck.readConfigureGlobal()?.seed ?? "new"}`
  )
)

/** Rejections that nobody handled while `effect` ran, and until the event loop had turned once more. */
export const collectRejections = () => {
  const rejections: Array<unknown> = []
  const listener = (reason: unknown) => rejections.push(reason)
  return {
    rejections,
    start: () => {
      process.on("unhandledRejection", listener)
    },
    stop: async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      process.off("unhandledRejection", listener)
    }
  }
}
