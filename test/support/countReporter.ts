import { writeFileSync } from "node:fs"
import type { Reporter, TestModule } from "vitest/node"

/**
 * Closes a run with the one line that counts: how many tests passed and how many failed. The file
 * that TEST_COUNTS names gets the same.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<unknown>): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandled.length
    const counts = { passed: count("passed"), failed: count("failed") + count("pending") + broken }
    const file = process.env["TEST_COUNTS"]
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts))
    // Other reporters print their summaries first.
    process.once("exit", () => console.log(`\n${counts.passed} passed, ${counts.failed} failed`))
  }
}
