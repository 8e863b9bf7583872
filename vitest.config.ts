import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["", "emulator/", "cli/", "jobs/", "jobs-view/"].map((room) => `${room}test/**/*.test.ts`),
    reporters: ["default", "./test/support/countReporter.ts"],
    setupFiles: ["./test/support/seed.ts"],
    testTimeout: 60_000
  }
})
