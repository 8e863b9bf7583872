// What has no counterpart in the tests for Effect 4, by folder or file of `test/`, each with its reason.
const skipped = new Map([
  ["consumer", "scripts/check-package.js has it use the packed library"],
  ["ecosystem", "it runs the examples, which are programs for Effect 3"],
  ["examples.proof.test.ts", "it runs the examples, which are programs for Effect 3"],
  ["faults/document.test.ts", "it compares docs/faults.md with the table of faults, which both lines share"],
  ["guides.test.ts", "it compares the guides with the programs that are written by hand, which are those for Effect 3"],
  ["Schema/preserve.test.ts", "Effect 4 has no option that preserves excess properties"],
  ["guides/jobs", "it uses jobs, which are for Effect 3"],
  ["release.process.test.ts", "it looks at the scripts of the repository, which release both lines"],
  ["projects.process.test.ts", "it looks at the projects of the whole repository"]
])

/** Whether a path within `test/` has no counterpart. */
export const isSkippedTest = (path) =>
  [...skipped.keys()].some((skipped) => path === skipped || path.startsWith(`${skipped}/`))
