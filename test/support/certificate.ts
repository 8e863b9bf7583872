/** Self-signed certificates, made by `openssl` when a test needs one: no key outlives its test. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** For a host, which is an address or a name, valid for so many days from now; a negative number is one that has expired. */
export const makeCertificate = (host = "IP:127.0.0.1", days = 1): Certificate => {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"))
  const file = (name: string) => join(folder, name)
  const openssl = (...options: ReadonlyArray<string>) => execFileSync("openssl", options, { stdio: "ignore" })
  try {
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    openssl("req", "-new", ...curve, "-nodes", "-subj", "/CN=test", "-keyout", file("key"), "-out", file("request"))
    writeFileSync(file("extensions"), `subjectAltName=${host}`)
    const signed = ["-signkey", file("key"), "-days", String(days), "-extfile", file("extensions")]
    openssl("x509", "-req", "-in", file("request"), ...signed, "-out", file("cert"))
    return { key: readFileSync(file("key"), "utf8"), cert: readFileSync(file("cert"), "utf8") }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
