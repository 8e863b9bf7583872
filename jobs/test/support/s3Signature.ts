/** AWS Signature Version 4 as a server checks it, by the specification and not by the SDK's code. */
import { createHash, createHmac } from "node:crypto"

export interface Signed {
  readonly method: string
  /** Path and query as they were sent. */
  readonly target: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
}

export interface Account {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
}

/** The code of a refusal, with its status; undefined where the request is well signed. */
export type Refusal = { readonly status: number; readonly code: string; readonly region?: string }

const hash = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex")
const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest()

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

const canonicalPath = (path: string) => path.split("/").map(decodeURIComponent).map(encode).join("/")

const canonicalQuery = (query: string) =>
  [...new URLSearchParams(query)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&")

const authorization =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

export const refusalOf = ({ body, headers, method, target }: Signed, account: Account): Refusal | undefined => {
  const [, accessKeyId, day, region, names, signature] = authorization.exec(headers["authorization"] ?? "") ?? []
  if (day === undefined || region === undefined || names === undefined) return { status: 403, code: "AccessDenied" }
  if (accessKeyId !== account.accessKeyId) return { status: 403, code: "InvalidAccessKeyId" }
  if (region !== account.region) {
    return { status: 400, code: "AuthorizationHeaderMalformed", region: account.region }
  }
  const [path = "", query = ""] = target.split("?")
  const payload = headers["x-amz-content-sha256"] ?? ""
  const canonical = [
    method,
    canonicalPath(path),
    canonicalQuery(query),
    ...names.split(";").map((name) => `${name}:${(headers[name] ?? "").trim()}`),
    "",
    names,
    payload
  ].join("\n")
  const time = headers["x-amz-date"] ?? ""
  const text = ["AWS4-HMAC-SHA256", time, `${day}/${region}/s3/aws4_request`, hash(canonical)].join("\n")
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${account.secretAccessKey}`)
  const signed = names.split(";").includes("x-amz-content-sha256") && names.split(";").includes("host")
  if (!signed || hmac(key, text).toString("hex") !== signature) return { status: 403, code: "SignatureDoesNotMatch" }
  return payload === hash(body) ? undefined : { status: 400, code: "XAmzContentSHA256Mismatch" }
}
