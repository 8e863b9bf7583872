import { writeFileSync } from "node:fs"
import { relative } from "node:path"
import type { Reporter, TestCase, TestModule } from "vitest/node"

const fileOf = (module: TestModule): string => relative(process.cwd(), module.moduleId)

const nameOf = (test: TestCase): string => `${fileOf(test.module)} > ${test.fullName}`

/**
 * Closes a run with the names of the tests that failed, each with the first line of its error, and the one line that
 * counts. The file that TEST_COUNTS names gets the same.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<{ readonly message: string }>): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const passed = tests.filter((test) => test.result().state === "passed").length
    const failures = [
      ...tests
        .filter((test) => ["failed", "pending"].includes(test.result().state))
        .map((test) => said(nameOf(test), test.result().errors?.[0])),
      ...modules.flatMap((module) =>
        [module, ...module.children.allSuites()].flatMap((suite) =>
          suite.errors().map((error) => said(fileOf(module), error))
        )
      ),
      ...unhandled.map((error) => said("outside any test", error))
    ]
    const file = process.env["TEST_COUNTS"]
    if (file !== undefined) writeFileSync(file, JSON.stringify({ passed, failures }))
    // Other reporters print their summaries first.
    process.once("exit", () => {
      for (const failure of failures) console.log(`\nfailed: ${failure}`)
      console.log(`\n${passed} passed, ${failures.length} failed`)
    })
  }
}

const said = (where: string, error: { readonly message: string } | undefined): string =>
  `${where}\n    ${error?.message.split("\n")[0] ?? "did not end"}`
