// Overlay: a package of Effect 4 needs a newer Node than the rest.
import workers from "node:worker_threads"
import zlib from "node:zlib"

const lend = (module: object, name: string, value: unknown) => {
  if (!(name in module)) Object.assign(module, { [name]: value })
}

// undici looks for these functions when it is loaded, and Node 20 does not have them. No test has a body in zstd.
lend(zlib, "createZstdDecompress", () => {
  throw new Error("this Node does not know zstd")
})
lend(workers, "markAsUncloneable", () => {})
