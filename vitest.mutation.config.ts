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
      ...["Errors", "Retry", "ImageStream", "internal/client/redaction"],
      ...["fields", "explain", "schema"].map((name) => `internal/errors/${name}`),
      ...["bodyKind", "errorBody", "httpDate", "limits", "paidPictures", "responseError", "waits"].map(
        (name) => `internal/attempt/${name}`
      ),
      ...["internal/decoding/sse", "internal/response/eventReader"]
    ].map((name) => `test/${name}.test.ts`),
    testTimeout: 30_000
  }
})
