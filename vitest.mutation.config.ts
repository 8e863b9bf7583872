import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

/** The tests that need no emulator, on the sources themselves: what Stryker changes is what they run. */
export default defineConfig({
  resolve: {
    alias: [
      {
        find: /^effect-openrouter-images$/,
        replacement: fileURLToPath(new URL("./src/index.ts", import.meta.url))
      }
    ]
  },
  test: {
    include: [
      ...["Errors", "errorBody", "errorFields", "errorFormat", "errorSchema", "masking", "limits", "paidPictures"],
      ...["Retry", "retryAfter", "streamAnswers", "ImageStream"],
      ...["internal/sse", "internal/eventReader", "internal/responseError", "internal/httpDate"]
    ].map((name) => `test/${name}.test.ts`),
    testTimeout: 30_000
  }
})
