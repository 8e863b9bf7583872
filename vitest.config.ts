import { configDefaults, defineConfig } from "vitest/config"

/** The tests of the library and of each workspace, by the end of their names. */
const named = (ending: string): Array<string> => ["test", "*/test"].map((room) => `${room}/**/*${ending}`)

/** The tests for Effect 4 have a configuration of their own. */
const forEffect4 = ["effect4/test/**"]

const processes = named(".process.test.ts")
const proofs = [...named(".proof.test.ts"), "test/{faults,fuzz,network}/**/*.test.ts"]

/** What holds for the tests on every platform. */
export const shared = {
  reporters: ["default", "./test/support/countReporter.ts"],
  setupFiles: ["./test/support/seed.ts", "./test/support/testers.ts"],
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // What is built is not transformed again.
  server: { deps: { external: [/[\\/]dist[\\/]/] } },
  poolOptions: { threads: { isolate: false } }
}

export default defineConfig({
  test: {
    ...shared,
    // Vitest leaves a core free unless told.
    maxWorkers: "100%",
    // Each project has the machine for itself; together they would be four programs on two cores.
    projects: [
      {
        // Most tests. Their files share threads, and so Effect, which takes longer to load than most of them to run.
        extends: true,
        test: {
          name: "unit",
          include: named(".test.ts"),
          exclude: [...configDefaults.exclude, ...forEffect4, ...processes, ...proofs],
          pool: "threads",
          sequence: { groupOrder: 0 }
        }
      },
      {
        // What starts programs, or changes what a process has only once. A file has a process of its own, as in those below.
        extends: true,
        test: {
          name: "process",
          include: processes,
          exclude: [...configDefaults.exclude, ...forEffect4],
          sequence: { groupOrder: 1 }
        }
      },
      {
        // What proves at length: every fault, every cut, random inputs, networks made for it, programs killed half way.
        extends: true,
        test: {
          name: "proof",
          include: proofs,
          exclude: [...configDefaults.exclude, ...forEffect4],
          sequence: { groupOrder: 2 }
        }
      },
      {
        // What needs PostgreSQL.
        extends: true,
        test: {
          name: "postgres",
          include: ["*/postgres/**/*.test.ts"],
          testTimeout: 180_000,
          sequence: { groupOrder: 3 }
        }
      }
    ]
  }
})
