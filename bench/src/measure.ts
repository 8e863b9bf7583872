// One measurement in a process of its own: `measure.js CONTENDER WORK CALLS BASE_URL` prints milliseconds a call, and how far the memory
// rose above what it was before the measured calls.
import { contenders, type Name } from "./contenders.js"

const [name, work, calls, baseUrl] = process.argv.slice(2) as [Name, string, string, string]
const contender = await contenders[name](baseUrl)
const call = work === "models" ? contender.listModels : () => contender.generate(work)
const small = work === "models" || Number.parseInt(work, 10) < 100_000

// A warm process is what a service is: connections open, code compiled.
for (let i = 0; i < (small ? 200 : 3); i++) await (small ? call() : contender.generate("1024x1"))
const base = process.memoryUsage().rss
const start = performance.now()
for (let i = 0; i < Number(calls); i++) await call()
const milliseconds = (performance.now() - start) / Number(calls)
const peak = process.resourceUsage().maxRSS * 1024 - base
console.log(JSON.stringify({ milliseconds, megabytes: peak / 1e6 }))
process.exit(0)
