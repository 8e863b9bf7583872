// The packages that are published, each as npm takes it.
import { manifestIn, manifestOf } from "../../effect4/manifest.js"
import { forEffect3Alone, pack, shared } from "../package/pack.js"

/** What a release shows and publishes of a package. npm's tag is the manifest's, and `latest` where it says nothing. */
const published = (manifest, tarballs) => ({
  name: manifest.name,
  version: manifest.version,
  tag: manifest.publishConfig?.tag ?? "latest",
  repository: manifest.repository,
  tarball: tarballs[manifest.name]
})

/**
 * Packs all of them into the folder `to`. The line for Effect 4 comes first: the first version of a package that a registry gets
 * becomes its `latest`, whatever the tag.
 */
export const packAll = (to) => {
  const tarballs4 = pack(4, to)
  const tarballs3 = pack(3, to, [...shared, ...forEffect3Alone])
  return [
    ...shared.map((folder) => published(manifestOf(manifestIn(folder)), tarballs4)),
    ...[...shared, ...forEffect3Alone].map((folder) => published(manifestIn(folder), tarballs3))
  ]
}
