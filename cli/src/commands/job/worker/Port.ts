/** Ports of this machine. */
import { createServer } from "node:net"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { UsageError } from "../../../failure/Failure.js"

/** A server that cannot listen where its option says. */
export const listenError = (
  server: string,
  option: string,
  { host, port }: { readonly host: string; readonly port: number },
  { cause }: { readonly cause: unknown }
): UsageError => {
  const reason = Predicate.hasProperty(cause, "message") ? String(cause.message) : "no reason given"
  return new UsageError({
    problem: `${server} cannot listen at ${host}, port ${port}: ${reason}.`,
    advice: `Choose another port for ${option}, 0 for any that is free, and an address of this machine for HOST.`
  })
}

/** A free port of a host; `option` is the option that named the host. */
export const freePort = (host: string, option: string): Effect.Effect<number, UsageError> =>
  Effect.async((resume) => {
    const server = createServer()
    server.once("error", ({ message }) =>
      resume(
        Effect.fail(
          new UsageError({
            problem: `The worker cannot listen at ${host}: ${message}.`,
            advice: `For ${option} name an address of this machine.`
          })
        )
      )
    )
    server.listen(0, host, () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      server.close(() => resume(Effect.succeed(port)))
    })
  })
