/** What a process has used, as Linux tells it. */
import { readdirSync, readFileSync } from "node:fs"

/** The fields of /proc/PID/stat from the third on, or none where it has ended. */
const fieldsOf = (pid: number | string): ReadonlyArray<string> => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
  } catch {
    return []
  }
}

/** Clock ticks, 100 a second, as milliseconds. */
const millis = (fields: ReadonlyArray<string>, ...at: ReadonlyArray<number>): number =>
  at.reduce((sum, i) => sum + Number(fields[i] ?? 0) * 10, 0)

/** Milliseconds of CPU, of all its threads. */
export const cpuMillis = (pid: number): number => millis(fieldsOf(pid), 11, 12)

/** Milliseconds of CPU of the children of this process that have ended. */
export const endedChildrenCpuMillis = (): number => millis(fieldsOf("self"), 13, 14)

/** The same of a process, its children, and those of them that have ended. */
export const familyCpuMillis = (pid: number): number =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(fieldsOf)
    .filter((fields) => fields[1] === String(pid))
    .reduce((sum, fields) => sum + millis(fields, 11, 12), millis(fieldsOf(pid), 11, 12, 13, 14))

/** Resident memory, in MiB. */
export const residentMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024
