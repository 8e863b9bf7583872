/** Workers that are killed, a database that crashes, answers that fail: what comes of the items, and what was billed. */
import { Chunk, Console, Effect, Random, Schedule, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { Jobs } from "effect-openrouter-images-jobs"
import { prompts } from "./prompts.js"
import { prepared, type Run } from "./throughput.js"

/** One answer in twenty goes wrong: half of them cost nothing. Of some, only the record tells. */
const faults = [
  { _tag: "Status", status: 503 },
  { _tag: "Status", status: 429, headers: { "retry-after": "1" } },
  { _tag: "Status", status: 500 },
  { _tag: "Status", status: 524 },
  { _tag: "Reset", at: "head", afterCompletion: true },
  { _tag: "Reset", at: "body" },
  { _tag: "Status", status: 524, body: "html", afterCompletion: true },
  { _tag: "Corrupt", how: "cutJson" }
] as const

const script = (answers: number) =>
  Effect.forEach(Array.from({ length: answers }), () =>
    Effect.flatMap(Random.next, (chance) =>
      chance < 0.05 ? Effect.map(Random.choice(faults), (fault) => fault) : Effect.succeed(null)
    )
  )

/** Counts that must hold, and those that are told. */
export const crash = (pictures: number, workers: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* emulator.script(yield* Effect.withRandom(script(pictures * 2), Random.make("crash")))
      const { jobs, server, start } = yield* prepared("PostgreSQL" satisfies Run["database"], emulator.baseUrl, 8)
      return yield* Effect.gen(function* () {
        yield* Jobs.submit(prompts(pictures), { job: "crash" })
        const running = yield* Effect.forEach(Array.from({ length: workers }), () => start)
        let kills = 0
        const murder = Effect.gen(function* () {
          const place = kills % workers
          kills += 1
          yield* running[place]?.kill("SIGKILL") ?? Effect.void
          running[place] = yield* start
        })
        const murderer = yield* Effect.forkScoped(Effect.repeat(Effect.delay(murder, "8 seconds"), Schedule.forever))
        let crashed = false
        yield* Stream.runForEach(
          Jobs.watch("crash", { every: "500 millis" }),
          ({ done, failed, running: underWay, waiting }) =>
            Effect.gen(function* () {
              yield* Console.log({ done, failed, underWay, waiting, kills })
              if (crashed || done < pictures / 2) return
              crashed = true
              yield* server?.crash ?? Effect.void
              yield* Effect.sleep("5 seconds")
              yield* server?.start ?? Effect.void
            })
        ).pipe(Effect.retry(Schedule.spaced("1 second")))
        murderer.unsafeInterruptAsFork(murderer.id())
        const items = Chunk.toReadonlyArray(yield* Stream.runCollect(Jobs.results("crash")))
        const billed = new Map<string, number>()
        for (const { prompt } of yield* emulator.ledger) billed.set(prompt, (billed.get(prompt) ?? 0) + 1)
        const timesOf = (item: Jobs.Item) => billed.get(item.request.prompt) ?? 0
        const failed = items.filter(({ outcome }) => outcome._tag === "Failed")
        const failedWith = (billing: Jobs.Item["billing"]) => failed.filter((item) => item.billing === billing)
        const settled = items.flatMap(({ settlements }) => settlements.map(({ state }) => state))
        const inState = (wanted: Jobs.SettlementState) => settled.filter((state) => state === wanted).length
        const told = {
          pictures,
          workers,
          kills,
          outcomes: items.length,
          made: items.length - failed.length,
          unknown: failedWith("unknown").length,
          billed: failedWith("billed").length,
          notBilled: failedWith("notBilled").length,
          settledBilled: inState("billed"),
          settledFree: inState("notBilled"),
          billedTwice: items.filter((item) => timesOf(item) > 1).length,
          madeAndNotBilledOnce: items.filter((item) => item.outcome._tag === "Made" && timesOf(item) !== 1).length,
          saidFreeAndBilled: failedWith("notBilled").filter((item) => timesOf(item) > 0).length
        }
        yield* Console.log(told)
        return told
      }).pipe(Effect.provide(jobs))
    })
  )
