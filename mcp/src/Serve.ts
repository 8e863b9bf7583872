/** Serves agents as the options say. */
import { createServer, type Server as HttpServerOfNode } from "node:http"
import { homedir } from "node:os"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Path from "@effect/platform/Path"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Budget, Catalog, Reconcile } from "effect-openrouter-images"
import * as Connection from "../../cli/src/Connection.js"
import { listenError } from "../../cli/src/commands/job/worker/Port.js"
import type { ServerOptions } from "../../cli/src/commands/mcp/ServerOptions.js"
import { type Failure, FileError, UsageError } from "../../cli/src/failure/Failure.js"
import type { Screen } from "../../cli/src/terminal/Screen.js"
import * as UnknownPrice from "./drawing/UnknownPrice.js"
import * as Unsaved from "./drawing/Unsaved.js"
import * as Folders from "./files/Folders.js"
import type { Clients } from "./protocol/Clients.js"
import { guard } from "./protocol/Guard.js"
import * as Stdio from "./protocol/Stdio.js"
import * as StreamableHttp from "./protocol/StreamableHttp.js"
import * as Server from "./Server.js"
import { Settings } from "./Settings.js"

type Files = FileSystem.FileSystem | Path.Path

const isFolder = (folder: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.match(fs.stat(folder), { onFailure: () => false, onSuccess: ({ type }) => type === "Directory" })
  )

/** Where a folder really is. It must be there: a link that is made later may lead elsewhere. */
const locate = (folder: string) =>
  Effect.flatMap(isFolder(folder), (is) =>
    is
      ? Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.orDie(fs.realPath(folder)))
      : new FileError({
          problem: `${folder} is no folder.`,
          cost: "Nothing was billed.",
          advice: "Name a folder that exists with --allow."
        })
  )

/** What the options set, with real paths. */
const settings = ({ allow, askAbove, budget, output, window }: ServerOptions) =>
  Effect.gen(function* () {
    const paths = yield* Path.Path
    yield* Folders.prepare(paths.resolve(output))
    const folder = yield* locate(paths.resolve(output))
    const allowed = yield* Effect.forEach(allow, (one) => locate(paths.resolve(one)))
    return {
      output: folder,
      folders: [folder, ...allowed],
      limitUsd: budget,
      window,
      askAboveUsd: askAbove ?? Number.POSITIVE_INFINITY
    }
  })

/** What the emulator's pictures would have cost is no spending. */
const ledgerOf = ({ budgetFile, emulator }: ServerOptions, paths: Path.Path): string =>
  budgetFile === undefined
    ? paths.join(homedir(), ".openrouter-images", emulator ? "emulated-budget.json" : "budget.json")
    : paths.resolve(budgetFile)

/** Pictures within the budget. Whatever a generation cost that did not say so is asked for, and counts. */
const layerImages = (options: ServerOptions) =>
  Layer.unwrapEffect(
    Effect.map(Path.Path, (paths) =>
      Reconcile.layer().pipe(
        Layer.provideMerge(UnknownPrice.layer({ limitUsd: options.budget, window: options.window })),
        Layer.provideMerge(Budget.layerStoreFile({ path: ledgerOf(options, paths) })),
        Layer.provideMerge(Catalog.layer()),
        Layer.provideMerge(Connection.layer(options.emulator, "pictures"))
      )
    )
  )

/** A closed stdout ends nothing: what is paid for by then is saved. */
const stdio = (clients: Clients) => Stdio.serve(clients, { input: NodeStream.stdin, output: Console.log })

const host = "127.0.0.1"

/** Long enough that nobody guesses it. */
const shortestToken = 16

/** A variable, because an option's value would be visible in the list of processes. */
const tokenVariable = "OPENROUTER_IMAGES_MCP_TOKEN"

const token: Effect.Effect<Redacted.Redacted, UsageError> = Config.string(tokenVariable).pipe(
  Effect.filterOrFail(({ length }) => length >= shortestToken),
  Effect.mapBoth({
    onSuccess: Redacted.make,
    onFailure: () =>
      new UsageError({
        problem: `--http needs ${tokenVariable}, a secret of at least ${shortestToken} characters.`,
        advice: "Set it to a secret, such as `openssl rand -hex 16` makes; clients send it as a bearer token."
      })
  })
)

/** Messages are small: pictures go by their names. */
const largestMessage = 1024 * 1024

/** At its end the server would wait for every client, also for one that sends nothing. */
const closeConnections = (server: HttpServerOfNode) =>
  Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))

const http = (port: number) => (clients: Clients) =>
  Effect.suspend(() => {
    const server = createServer()
    return Effect.scoped(
      Effect.gen(function* () {
        const app = StreamableHttp.app(clients).pipe(
          HttpServerRequest.withMaxBodySize(Option.some(largestMessage)),
          guard(yield* token)
        )
        yield* HttpServer.serveEffect(app)
        yield* closeConnections(server)
        yield* HttpServer.addressFormattedWith((address) =>
          Console.error(`listening on ${address.replace("0.0.0.0", host)}${StreamableHttp.path}`)
        )
        return yield* Effect.never
      })
    ).pipe(Effect.provide(NodeHttpServer.layer(() => server, { host, port })))
  }).pipe(Effect.catchTag("ServeError", (error) => listenError("The server", "--http", { host, port }, error)))

/** Serves until the input ends, or with HTTP for ever. */
export const serve = (options: ServerOptions): Effect.Effect<void, Failure, Files | Screen> =>
  Effect.gen(function* () {
    const set = yield* settings(options)
    const server = options.http === undefined ? Server.run(stdio) : Server.run(http(options.http))
    yield* server.pipe(
      Effect.provideService(Settings, set),
      Effect.provide(Layer.merge(Unsaved.layer, layerImages(options)))
    )
  })
