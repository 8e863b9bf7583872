// Which versions come next. The first number of the library and its emulator is Effect's, so it never changes here; the packages
// that are for one line alone begin with 0.

/** The next version after a change of a kind, `minor` or `patch`. */
export const raise = (version, kind) => {
  const [major, minor, patch] = version.split(".").map(Number)
  return kind === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`
}

const dependencyFields = ["dependencies", "devDependencies", "peerDependencies"]

const mapValues = (record, write) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, write(key, value)]))

/**
 * A manifest, or its entry in the lockfile, after all packages were raised. `next` are the new versions by name: the packages
 * depend on the very same version of each other.
 */
export const raised = (manifest, next) =>
  mapValues(manifest, (field, value) => {
    if (field === "version") return next[manifest.name] ?? value
    return dependencyFields.includes(field) ? mapValues(value, (name, range) => next[name] ?? range) : value
  })

const statement = /^export const version = ".*"$/m

/** A source with the version that it states. */
export const restated = (source, file, version) => {
  if (!statement.test(source))
    throw new Error(`${file} states no version. It needs a line: export const version = "..."`)
  return source.replace(statement, `export const version = "${version}"`)
}

const unreleased = /^## Unreleased\n+/m

/** The changelog, where what was not released yet stands under the new versions. */
export const closeChangelog = (changelog, heading, sentence) => {
  if (!/^## Unreleased\n+(?!## )\S/m.test(changelog))
    throw new Error('CHANGELOG.md says nothing below "## Unreleased". Write there what users will notice')
  return changelog.replace(unreleased, `## ${heading}\n\n${sentence}\n\n`)
}

/** What the changelog says of a version, and of packages that were raised on their own since the one before. */
export const notesOf = (changelog, version) => {
  const sections = changelog.split(/^(?=## )/m).slice(1)
  const last = sections.findIndex((section) => section.split("\n", 1)[0].split(/[ ,]+/).includes(version))
  if (last < 0) throw new Error(`CHANGELOG.md has no section for ${version}`)
  return sections
    .slice(0, last + 1)
    .join("")
    .trim()
}
