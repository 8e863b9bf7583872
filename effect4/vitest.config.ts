import { fileURLToPath } from "node:url"
import { configDefaults, defineConfig } from "vitest/config"

const proofs = ["test/**/*.proof.test.ts", "test/{faults,fuzz,network}/**/*.test.ts"]

/** The projects of the whole repository, but for `process`, of which no test is made for Effect 4. */
export default defineConfig({
  test: {
    reporters: ["default", "./test/support/countReporter.ts"],
    setupFiles: ["./test/support/seed.ts", "./test/support/testers.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: "100%",
    alias: { "effect/testing/TestClock": fileURLToPath(new URL("test/support/testClock.ts", import.meta.url)) },
    server: { deps: { inline: ["@effect/vitest"], external: [/\/dist\//] } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts", "codemod/*.test.ts"],
          exclude: [...configDefaults.exclude, ...proofs],
          pool: "threads",
          isolate: false,
          sequence: { groupOrder: 0 }
        }
      },
      { extends: true, test: { name: "proof", include: proofs, sequence: { groupOrder: 1 } } }
    ]
  }
})
