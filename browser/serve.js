// The page as Vite builds and serves it, for the scripts of the project.
import { createServer, preview, build as viteBuild } from "vite"

const configFile = `${import.meta.dirname}/vite.config.js`

/** Builds into dist/. */
export const build = () => viteBuild({ configFile, logLevel: "warn" })

const addressOf = ({ httpServer }) => `http://127.0.0.1:${httpServer.address().port}/`

/** The built page on a free port; gives its address and what ends it. */
export const serveBuilt = async () => {
  const server = await preview({ configFile, preview: { host: "127.0.0.1", port: 0, strictPort: true } })
  return { address: addressOf(server), stop: () => server.close() }
}

/** The page as it is edited, with `baseUrl` as its API; the port is Vite's, or the next one that is free. */
export const serveSource = async (baseUrl) => {
  process.env["VITE_BASE_URL"] = baseUrl
  const server = await createServer({ configFile, logLevel: "warn", server: { host: "127.0.0.1" } })
  await server.listen()
  return { address: addressOf(server), stop: () => server.close() }
}
