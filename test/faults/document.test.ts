import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it } from "@effect/vitest"
import { document } from "./document.js"

const path = fileURLToPath(new URL("../../docs/faults.md", import.meta.url))

it("docs/faults.md says what the matrix proves", () => {
  if (process.env["FAULTS"] === "write") writeFileSync(path, document)
  expect(readFileSync(path, "utf8"), "docs/faults.md is out of date: `npm run faults` writes it anew").toBe(document)
})
