import { configDefaults, defineConfig } from "vitest/config"
import { shared } from "./vitest.config.js"

/** What runs on every platform: the quick tests of the library and the emulator, which start no program and send no signal. */
export default defineConfig({
  test: {
    ...shared,
    include: ["test/*.test.ts", "test/{Schema,internal}/**/*.test.ts", "emulator/test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, "**/*.{process,proof}.test.ts", "test/guides.test.ts"],
    pool: "threads"
  }
})
