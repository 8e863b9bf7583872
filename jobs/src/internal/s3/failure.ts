/** What a request to a bucket failed with, and what the user can do about it. */
import * as Predicate from "effect/Predicate"

export interface S3Failure {
  /**
   * The server's code (`NoSuchBucket`), `HTTP` where its answer has none, the socket's code (`ECONNREFUSED`), or the
   * name of an error of this side.
   */
  readonly code: string
  readonly status: number | undefined
  readonly message: string
  /** The bucket's region, when the server says that it is another one. */
  readonly region: string | undefined
  /** By which the server's operator finds the request. */
  readonly requestId: string | undefined
}

const stringIn = (record: object, field: string): string | undefined =>
  Predicate.hasProperty(record, field) && typeof record[field] === "string" ? record[field] : undefined

/**
 * Reads what the SDK rejects with by its shape, for the client may come from another copy of the SDK. The error itself
 * has the whole answer and is dropped.
 */
export const failureOf = (error: unknown): S3Failure => {
  if (!Predicate.isObject(error)) {
    return { code: "Unknown", status: undefined, message: String(error), region: undefined, requestId: undefined }
  }
  const metadata =
    Predicate.hasProperty(error, "$metadata") && Predicate.isObject(error.$metadata) ? error.$metadata : {}
  const status =
    Predicate.hasProperty(metadata, "httpStatusCode") && typeof metadata.httpStatusCode === "number"
      ? metadata.httpStatusCode
      : undefined
  const message = stringIn(error, "message") ?? ""
  const code = stringIn(error, "code") ?? stringIn(error, "name") ?? "Unknown"
  // The SDK's own words where the body is no XML, or none.
  const isForeign =
    message.includes("Deserialization error") || (message === "UnknownError" && /^(Unknown|NotFound)$/.test(code))
  return {
    code: status !== undefined && isForeign ? "HTTP" : code,
    status,
    message,
    region: stringIn(error, "Region"),
    requestId: stringIn(metadata, "requestId")
  }
}

const otherRegion = "the bucket is in another region: set `region`"
const badSecret = "the secret key does not belong to the access key, or a proxy has changed the request"
const damaged = "the bytes were damaged on their way"
const overloaded = "the server is overloaded: have fewer workers, or try again later"
const expired = "the session token has expired: take new credentials"

/** For the codes that users meet. Those that are not here are shown with the server's own words. */
const advice: Readonly<Record<string, string>> = {
  NoSuchBucket: "there is no such bucket: create it, or correct `bucket`, `region` or `endpoint`",
  NoSuchKey: "there is no such object: it was never put, or it was deleted, or `prefix` is another one",
  AccessDenied: "the credentials do not allow it: they need s3:PutObject and s3:GetObject for these keys",
  InvalidAccessKeyId: "the server does not know the access key: correct `credentials` or `endpoint`",
  SignatureDoesNotMatch: badSecret,
  RequestTimeTooSkewed: "the clock of this machine is wrong",
  ExpiredToken: expired,
  TokenRefreshRequired: expired,
  AuthorizationHeaderMalformed: otherRegion,
  PermanentRedirect: otherRegion,
  NotImplemented:
    "the server does not know a header that was sent: give its `endpoint`, " +
    'or `requestChecksumCalculation: "WHEN_REQUIRED"` to a client of your own',
  XAmzContentSHA256Mismatch: damaged,
  BadDigest: damaged,
  SlowDown: overloaded,
  ServiceUnavailable: overloaded,
  CredentialsProviderError:
    "there are no credentials: give `credentials`, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role",
  ECONNREFUSED: "nobody listens there: correct `endpoint`, or start the server",
  ENOTFOUND: "there is no such host: correct `endpoint`, `region` or `bucket`",
  ECONNRESET: "the connection was lost",
  HTTP: "the answer is not one of S3's: correct `endpoint`, or look for a proxy on the way",
  TimeoutError: "the server did not answer in time"
}

/** The known advice. A socket's own words follow, for they name the address: `connect ECONNREFUSED 127.0.0.1:9000`. */
const adviceFor = ({ code, message, status }: S3Failure): string => {
  if (message === "Region is missing") return "there is no region: set `region`, or AWS_REGION"
  const known = advice[code]
  const words = message.slice(0, 300)
  if (known === undefined) return words
  return status === undefined && words !== "" ? `${known} (${words})` : known
}

/** Whether the server's own words are shown: they are not ours, and could repeat what it was sent. */
export const quotesServer = ({ code }: S3Failure): boolean => advice[code] === undefined

/** A sentence: the code, what it was about, and what to do. */
export const describe = (failure: S3Failure, bucket: string, key: string): string => {
  const { code, region, requestId, status } = failure
  const where = region === undefined ? "" : ` (${region})`
  const by = requestId === undefined ? "" : `; request ${requestId}`
  const what = status === undefined ? code : `${code} (${status})`
  return `${what} for s3://${bucket}/${key}: ${adviceFor(failure)}${where}${by}`
}
