import { configDefaults, defineConfig } from "vitest/config"

/** What runs on every platform: the quick tests of the library and the emulator, which start no program and send no signal. */
export default defineConfig({
  test: {
    reporters: ["default", "./test/support/countReporter.ts"],
    setupFiles: ["./test/support/seed.ts", "./test/support/testers.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: { deps: { external: [/[\\/]dist[\\/]/] } },
    include: ["test/*.test.ts", "test/{Schema,internal}/**/*.test.ts", "emulator/test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, "**/*.{process,proof}.test.ts", "test/guides.test.ts"],
    pool: "threads",
    poolOptions: { threads: { isolate: false } }
  }
})
