/** A proxy as a process of its own, which can be stopped: it passes on what comes to its PORT to TARGET, a port. */
import { connect, createServer } from "node:net"

const target = Number(process.env["TARGET"])

createServer((inward) => {
  const outward = connect(target, "127.0.0.1")
  inward.pipe(outward).pipe(inward)
  for (const [one, other] of [
    [inward, outward],
    [outward, inward]
  ] as const) {
    one.on("error", () => other.destroy())
    one.on("close", () => other.destroy())
  }
}).listen(Number(process.env["PORT"]), process.env["HOST"] ?? "127.0.0.1", () => console.log("ready"))
