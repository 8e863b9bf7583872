/** What a process has used, as Linux tells it. */
import { readFileSync } from "node:fs"

/** Milliseconds of CPU, of all its threads. */
export const cpuMillis = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
  // Clock ticks, 100 a second
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Resident memory, in MiB. */
export const residentMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024
