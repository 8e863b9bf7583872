// Runs measurements, each in a process of its own, against one server.
import { execFileSync, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { Name } from "./contenders.js"
import type { Measurement, Task } from "./measure.js"
import { promptOf } from "./prompt.js"
import type { Work } from "./works.js"

export type Results = ReadonlyMap<Name, ReadonlyArray<Measurement>>

export interface Runner {
  readonly measure: (name: Name, task: Task) => Measurement
  /** Everyone in turn, as many rounds as there are. */
  readonly measureAll: (work: Pick<Work, "names" | "task">, rounds: number) => Promise<Results>
  readonly stop: () => void
}

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The server makes its bodies before anybody waits for them. */
const prime = async (baseUrl: string, { previews, sizes }: Task): Promise<void> => {
  for (const stream of [false, true]) {
    const body = JSON.stringify({ prompt: promptOf({ sizes, previews }), stream })
    await (await fetch(`${baseUrl}/images`, { method: "POST", body, headers: { connection: "close" } })).arrayBuffer()
  }
}

export const startRunner = async (): Promise<Runner> => {
  const server = spawn(process.execPath, [file("server.js")], { stdio: ["ignore", "pipe", "inherit"] })
  const { value: baseUrl } = (await createInterface(server.stdout)[Symbol.asyncIterator]().next()) as { value: string }
  const measure = (name: Name, task: Task): Measurement =>
    JSON.parse(
      execFileSync(process.execPath, ["--expose-gc", file("measure.js"), name, JSON.stringify(task), baseUrl], {
        encoding: "utf8"
      })
    )
  return {
    measure,
    measureAll: async ({ names, task }, rounds) => {
      if (task.kind !== "models") await prime(baseUrl, task)
      const all = new Map<Name, Array<Measurement>>(names.map((name) => [name, []]))
      for (let round = 0; round < rounds; round++) for (const name of names) all.get(name)?.push(measure(name, task))
      return all
    },
    stop: () => server.kill()
  }
}
