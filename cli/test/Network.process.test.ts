import { createServer, type RequestListener, type Server } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { type AddressInfo, connect } from "node:net"
import { Command, FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { makeCertificate } from "../../test/support/certificate.js"

const main = new URL("../bin/openrouter-images.js", import.meta.url).pathname

const listen = (server: Server) =>
  Effect.acquireRelease(
    Effect.async<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    }),
    () =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  )

/** A proxy that opens a tunnel to whatever port it is asked for, and what it was asked for. */
const tunnels = Effect.gen(function* () {
  const asked: Array<readonly [target: string | undefined, authorization: string | undefined]> = []
  const server = createServer()
  server.on("connect", ({ headers, url }, socket) => {
    asked.push([url, headers["proxy-authorization"]])
    const target = connect(Number(url?.split(":").at(-1)), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n")
      target.pipe(socket).pipe(target)
    }).on("error", () => socket.destroy())
    socket.on("error", () => target.destroy())
  })
  return { asked, port: yield* listen(server) }
})

/** The key's page over TLS, with a certificate that nobody has signed, and the file of that certificate. */
const secured = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const certificate = makeCertificate()
  const answer: RequestListener = (_, response) => {
    response.setHeader("content-type", "application/json")
    response.end(JSON.stringify({ data: { label: "sk-or-v1-abc...123", limit: null, usage: 0 } }))
  }
  const port = yield* listen(createTlsServer(certificate, answer))
  const file = `${yield* fs.makeTempDirectoryScoped()}/ca.pem`
  yield* fs.writeFileString(file, certificate.cert)
  return { baseUrl: `https://127.0.0.1:${port}/api/v1`, file, port }
})

/** Nothing of the machine that runs the tests. */
const unset = Object.fromEntries(
  ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "NODE_EXTRA_CA_CERTS"].map(
    (name) => [name, ""]
  )
)

const run = (args: ReadonlyArray<string>, env: Record<string, string>) =>
  Effect.gen(function* () {
    const command = Command.make(process.execPath, main, ...args).pipe(
      Command.env({ ...unset, OPENROUTER_API_KEY: "sk-or-v1-secretsecret", ...env })
    )
    const child = yield* Command.start(command)
    const text = (stream: typeof child.stdout) => stream.pipe(Stream.decodeText(), Stream.mkString)
    const [stdout, stderr] = yield* Effect.all([text(child.stdout), text(child.stderr)], { concurrency: 2 })
    return { stdout, stderr, exitCode: yield* child.exitCode }
  })

describe("the network", () => {
  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    it.scoped("is reached through the proxy of the environment, over TLS and with its credentials", () =>
      Effect.gen(function* () {
        const { baseUrl, file, port } = yield* secured
        const proxy = yield* tunnels
        const { exitCode, stderr, stdout } = yield* run(["key"], {
          OPENROUTER_BASE_URL: baseUrl,
          NODE_EXTRA_CA_CERTS: file,
          HTTPS_PROXY: `http://me:secretword@127.0.0.1:${proxy.port}`
        })
        expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^note /)])
        expect(stdout).toMatch(/^key {9}sk-or-v1-abc\.\.\.123$/m)
        const basic = `Basic ${Buffer.from("me:secretword").toString("base64")}`
        expect(proxy.asked).toEqual([[`127.0.0.1:${port}`, basic]])
      })
    )

    it.scoped("is reached without it for the hosts of NO_PROXY, and by the names in lower case", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* Emulator.Emulator
        const proxy = yield* tunnels
        const env = { OPENROUTER_BASE_URL: baseUrl, http_proxy: `127.0.0.1:${proxy.port}` }
        expect((yield* run(["key"], { ...env, no_proxy: "example.com,127.0.0.1" })).exitCode).toBe(0)
        expect(proxy.asked).toEqual([])
        expect((yield* run(["key"], env)).exitCode).toBe(0)
        expect(proxy.asked).toHaveLength(1)
      }).pipe(Effect.provide(Emulator.layerServer()))
    )

    it.scoped("is not trusted where a certificate is signed by nobody that is known", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* secured
        const { exitCode, stderr } = yield* run(["generate", "a fox"], { OPENROUTER_BASE_URL: baseUrl })
        expect([exitCode, stderr]).toEqual([6, expect.stringContaining("certificate")])
      })
    )

    it.scoped("is described by --version --verbose, without credentials", () =>
      Effect.gen(function* () {
        const { file } = yield* secured
        const { exitCode, stderr, stdout } = yield* run(["--version", "--verbose"], {
          HTTPS_PROXY: "http://me:secretword@proxy.example:3128",
          NO_PROXY: "localhost",
          NODE_EXTRA_CA_CERTS: file
        })
        expect([exitCode, stderr]).toEqual([0, ""])
        expect(stdout.trimEnd().split("\n")).toEqual([
          expect.stringMatching(/^version {5}\d+\.\d+\.\d+$/),
          `node        ${process.version}`,
          `platform    ${process.platform} ${process.arch}`,
          "proxy       http://proxy.example:3128 (HTTPS_PROXY)",
          "no proxy    localhost (NO_PROXY)",
          `trusted     Node's own, and ${file} (NODE_EXTRA_CA_CERTS): 1 certificate`
        ])
        const bare = yield* run(["--version", "--verbose"], {})
        expect(bare.stdout).toMatch(/^proxy {7}none\ntrusted {5}Node's own$/m)
      })
    )

    it.scoped("is not reached through a proxy that cannot be, and its password is not shown", () =>
      Effect.gen(function* () {
        const { exitCode, stderr } = yield* run(["key"], { HTTPS_PROXY: "socks5://me:secretword@proxy:1080" })
        expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^settings {4}HTTPS_PROXY must be the address/)])
        expect(stderr).not.toContain("secretword")
      })
    )
  })
})
