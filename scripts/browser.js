// Serves the page of browser/ with the emulator as its API, until it is interrupted.
import { serveSource } from "../browser/serve.js"
import { startEmulator } from "./emulator.js"

const emulator = await startEmulator()
const page = await serveSource(emulator.baseUrl)
console.log(`the page      ${page.address}`)
console.log(`the emulator  ${emulator.baseUrl}`)

const stop = async () => {
  await page.stop()
  emulator.stop()
}
process.once("SIGINT", stop)
process.once("SIGTERM", stop)
