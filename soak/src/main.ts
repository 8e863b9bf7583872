// Thousands of generations through one client, of which most meet a fault, and what is left of them: nothing lost, nothing paid twice, nothing
// leaked. `npm run soak -- [--short] [--client fetch|undici] [--seed N]`; the exit code is 1 when a check fails.
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Supervisor from "effect/Supervisor"
import type { Images } from "effect-openrouter-images"
import { concurrency, type Options, optionsFrom } from "./arguments.js"
import { type Check, ledgerChecks, outcomeChecks, outcomeTable } from "./checks.js"
import { type Memory, megabytes, settledMemory } from "./memory.js"
import { type OtherSide, startServers } from "./otherSide.js"
import { randomFrom } from "./random.js"
import { type Call, callsOf, imagesOver, runAll } from "./work.js"

/** What may stay: caches that fill up once, compiled code, and pages that the allocator keeps for the next picture. */
const tolerance: Memory = { heapUsed: 8e6, arrayBuffers: 1e6, rss: 100e6 }

const memoryChecks = (before: Memory, after: Memory): ReadonlyArray<Check> =>
  (["heapUsed", "arrayBuffers", "rss"] as const).map((name) => ({
    what: `${name} is back at its base, within ${megabytes(tolerance[name])}`,
    figure: `${megabytes(before[name])} before, ${megabytes(after[name])} after`,
    holds: after[name] - before[name] <= tolerance[name]
  }))

type Runtime = ManagedRuntime.ManagedRuntime<Images.Images, never>

/** The one that counts them is among them. */
const rootFibers = (): number => Effect.runSync(Fiber.roots).length

/** The whole load, and the fibers that it leaves behind. */
const load = async (runtime: Runtime, calls: ReadonlyArray<Call>, options: Options, servers: OtherSide) => {
  const supervisor = Effect.runSync(Supervisor.track)
  const before = rootFibers()
  const start = performance.now()
  await runtime.runPromise(Effect.supervised(runAll(calls, options, servers), supervisor))
  const seconds = (performance.now() - start) / 1000
  await new Promise((resolve) => setTimeout(resolve, 50))
  const left = Effect.runSync(supervisor.value)
  const after = rootFibers()
  const fibers: Check = {
    what: "no fiber is left",
    figure: `${left.length} of the calls; ${before} roots before, ${after} after`,
    holds: left.length === 0 && after <= before
  }
  return { seconds, fibers }
}

/** Starts everything once more and interrupts it at a random moment. */
const interrupt = async (
  runtime: Runtime,
  calls: ReadonlyArray<Call>,
  options: Options,
  servers: OtherSide,
  moment: number
) => {
  const fiber = runtime.runFork(runAll(calls, { ...options, patience: 60_000 }, servers))
  await new Promise((resolve) => setTimeout(resolve, moment))
  const { busy } = await servers.ask("sockets")
  const start = performance.now()
  await Effect.runPromise(Fiber.interrupt(fiber))
  const ended = performance.now() - start
  const { millis, seen } = await servers.waitFor((all) => all.busy === 0, 1000 - ended)
  return { busy, ended, closed: ended + millis, left: seen.busy, waiting: seen.waiting }
}

const interruptionChecks = async (
  runtime: Runtime,
  allCalls: ReadonlyMap<string, Call>,
  options: Options,
  servers: OtherSide
): Promise<ReadonlyArray<Check>> => {
  const random = randomFrom(options.seed + 1)
  const calls = [...allCalls.values()].filter(({ id }) => id.startsWith("interrupted"))
  const all: Array<Awaited<ReturnType<typeof interrupt>>> = []
  for (let i = 0; i < options.interruptions; i++) {
    for (const call of calls) call.attempts = 0
    all.push(await interrupt(runtime, calls, options, servers, 20 + random() * 800))
  }
  const most = (name: "busy" | "ended" | "closed" | "left") => Math.max(...all.map((one) => one[name]))
  const waiting = all.flatMap((one) => one.waiting)
  return [
    {
      what: "interrupting everything ends within a second",
      figure: `${most("ended").toFixed(0)} ms at most, of ${all.length} times`,
      holds: most("ended") < 1000
    },
    {
      what: "and leaves no open socket with a request on it",
      figure: `${most("busy")} were busy at most, ${most("left")} after ${most("closed").toFixed(0)} ms at most${waiting.length === 0 ? "" : `: ${waiting.slice(0, 3).join(" | ")}`}`,
      holds: most("left") === 0 && most("busy") > 0
    }
  ]
}

const run = async (options: Options, servers: OtherSide): Promise<ReadonlyArray<Check>> => {
  const calls = callsOf(options, "call")
  const warming = callsOf({ ...options, ...options.warming }, "warming", false)
  const interrupted = callsOf({ ...options, small: 1500, large: 500 }, "interrupted")
  const byId = new Map([...calls, ...warming, ...interrupted].map((call) => [call.id, call]))
  const runtime = ManagedRuntime.make(imagesOver(options.client, byId))
  await runtime.runPromise(runAll(warming, options, servers))
  const before = await settledMemory()
  const { fibers, seconds } = await load(runtime, calls, options, servers)
  const after = await settledMemory()
  const { seen: idle } = await servers.waitFor(({ busy }) => busy === 0, 1000)
  const { ledger } = await servers.ask("everything")
  const attempts = calls.reduce((sum, call) => sum + call.attempts, 0)
  console.log(`${calls.length} calls, ${attempts} attempts in ${seconds.toFixed(1)} s\n${outcomeTable(calls)}\n`)
  const interruptions = await interruptionChecks(runtime, byId, options, servers)
  await runtime.dispose()
  const { millis, seen: gone } = await servers.waitFor(({ open }) => open === 0, 15_000)
  return [
    ...outcomeChecks(calls),
    ...ledgerChecks(
      calls,
      ledger.filter((prompt) => !prompt.startsWith("warming"))
    ),
    ...memoryChecks(before, after),
    fibers,
    {
      what: "no request is left on a socket",
      figure: `${idle.busy} busy, ${idle.open} open in the pool`,
      holds: idle.busy === 0
    },
    ...interruptions,
    {
      what: "no socket is left once the client is gone",
      figure: `${gone.open} after ${(millis / 1000).toFixed(1)} s`,
      holds: gone.open === 0
    }
  ]
}

const options = optionsFrom(process.argv.slice(2))
console.log(
  `${options.small} generations of 16x16 and ${options.large} of 4 MB, ${concurrency} at once, over ${options.client}; --seed ${options.seed}; Node ${process.version}`
)
const servers = await startServers()
const checks = await run(options, servers)
servers.stop()
for (const { figure, holds, what } of checks) console.log(`${holds ? "ok    " : "FAILED"}  ${what}: ${figure}`)
process.exit(checks.every(({ holds }) => holds) ? 0 : 1)
