import { defineConfig } from "vitest/config"

/** What needs a PostgreSQL: `npm run jobs:postgres`. */
export default defineConfig({
  test: { include: ["jobs/postgres/**/*.test.ts", "jobs-view/postgres/**/*.test.ts"], testTimeout: 180_000 }
})
