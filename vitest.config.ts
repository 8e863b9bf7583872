import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "emulator/test/**/*.test.ts", "cli/test/**/*.test.ts", "jobs/test/**/*.test.ts"],
    reporters: ["default", "./test/support/countReporter.ts"],
    setupFiles: ["./test/support/seed.ts"],
    testTimeout: 60_000
  }
})
