// The optional peers of a bundle. Their code is in it, so that there is one Effect; but each works only where it is installed,
// and finds its drivers there. What is missing fails by its name, as it does without a bundle.

/** What stays out, each with the packages that lead to it: native code, and a large client that few need. */
const drivers = {
  "better-sqlite3": ["effect-openrouter-images-jobs", "@effect/sql-sqlite-node"],
  "@aws-sdk/client-s3": ["effect-openrouter-images-jobs"]
}

const named = (names) => new RegExp(`^(${names.join("|")})(/|$)`)

const find = `const { createRequire } = require("node:module")
const enter = (require, name) => createRequire(require.resolve(name + "/package.json"))`

/** A module that fails where a package is not installed. */
const check = (name) => `${find}\nenter(require, ${JSON.stringify(name)})`

/** A module that is the driver which its package has. */
const driver = (name) =>
  `${find}\nmodule.exports = ${JSON.stringify(drivers[name])}.reduce(enter, require)(${JSON.stringify(name)})`

/** As a plugin for esbuild; `importers` is the folder of those who import the peers. */
export const optionalPeers = (peers, importers) => ({
  name: "optional peers",
  setup({ onLoad, onResolve }) {
    const peer = named(peers)
    const all = { filter: /^/ }
    onResolve({ filter: peer }, ({ importer, path, resolveDir }) =>
      importer.startsWith(importers) ? { path, namespace: "peer", pluginData: resolveDir } : undefined
    )
    onLoad({ ...all, namespace: "peer" }, ({ path, pluginData }) => ({
      contents: `import "installed:${peer.exec(path)[1]}"\nexport * from "${path}"`,
      resolveDir: pluginData
    }))
    onResolve({ filter: /^installed:/ }, ({ path }) => ({ path: path.split(":")[1], namespace: "installed" }))
    onLoad({ ...all, namespace: "installed" }, ({ path }) => ({ contents: check(path) }))
    onResolve({ filter: named(Object.keys(drivers)) }, ({ path }) => ({ path, namespace: "driver" }))
    onLoad({ ...all, namespace: "driver" }, ({ path }) => ({ contents: driver(path) }))
  }
})
