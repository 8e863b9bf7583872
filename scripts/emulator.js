// The emulator as a process, for scripts that are its clients.
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"

/** Starts it on a free port; gives the base URL and what ends it. */
export const startEmulator = async () => {
  const child = spawn(process.execPath, ["emulator/dist/main.js", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  for await (const line of createInterface(child.stdout)) {
    const origin = /^listening on (.+)$/.exec(line)?.[1]
    if (origin) return { baseUrl: `${origin}/api/v1`, stop: () => child.kill() }
  }
  throw new Error("the emulator did not start")
}
