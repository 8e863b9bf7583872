import type { Reporter, TestModule } from "vitest/node"

/** Closes a run with the one line that counts: how many tests passed and how many failed. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<unknown>): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandled.length
    // Other reporters print their summaries first.
    process.once("exit", () =>
      console.log(`\n${count("passed")} passed, ${count("failed") + count("pending") + broken} failed`)
    )
  }
}
