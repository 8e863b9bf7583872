import { expect, layer } from "@effect/vitest"
import { Deferred, Effect, Redacted } from "effect"
import { bucket, refused, svg } from "../../support/buckets.js"
import * as Server from "../../support/s3Server.js"

layer(Server.layer)("a bucket that fails", (it) => {
  it.effect("says which right is missing when an upload is not allowed", () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      server.faults.push({ on: "PUT", answer: { status: 403, code: "AccessDenied" } })
      const error = yield* Effect.flip(bucket({}, (store) => store.put(svg(11))))
      expect(error.message).toContain("could not put: AccessDenied (403) for s3://pictures/")
      expect(error.message).toContain("s3:PutObject")
    })
  )

  it.effect("fails before the first picture where bucket, region, key or secret are wrong", () =>
    Effect.gen(function* () {
      const { options } = yield* Server.S3Server
      expect(yield* refused({ bucket: "absent" })).toContain("could not open: NoSuchBucket (404) for s3://absent/")
      expect(yield* refused({ region: "eu-west-1" })).toContain("another region: set `region` (us-east-1)")
      const stranger = { ...options.credentials, accessKeyId: "stranger" }
      expect(yield* refused({ credentials: stranger })).toContain("InvalidAccessKeyId (403)")
      const wrong = { ...options.credentials, secretAccessKey: Redacted.make("wrong-secret") }
      const message = yield* refused({ credentials: wrong })
      expect(message).toContain("SignatureDoesNotMatch (403)")
      expect(message).not.toMatch(/wrong-secret|test-access-key/)
    })
  )

  it.effect("fails before the first picture where nobody listens", () =>
    Effect.gen(function* () {
      const message = yield* refused({ endpoint: "http://127.0.0.1:1" })
      expect(message).toContain("ECONNREFUSED for s3://pictures/")
      expect(message).toContain("correct `endpoint`, or start the server (connect ECONNREFUSED 127.0.0.1:1)")
    })
  )

  it.effect("says of an answer that is not S3's to look at the endpoint", () =>
    Effect.gen(function* () {
      const { faults } = yield* Server.S3Server
      faults.push({ on: "GET", answer: "page" })
      expect(yield* refused({})).toBe(
        "the image store could not open: HTTP (404) for s3://pictures/is-the-bucket-there: the answer is not one of S3's: correct `endpoint`, or look for a proxy on the way"
      )
    })
  )

  it.effect("names the option that is not what it should be", () =>
    Effect.gen(function* () {
      expect(yield* refused({ bucket: "" })).toContain("bucket is empty")
      expect(yield* refused({ bucket: "pictures/spring" })).toContain("give the folder within it as prefix")
      expect(yield* refused({ endpoint: "s3.example.com" })).toContain(
        'endpoint "s3.example.com" is not a URL that begins with https:// or http://'
      )
    })
  )

  it.effect("shows a server's own words without the credentials in them", () =>
    Effect.gen(function* () {
      const { faults, options } = yield* Server.S3Server
      const sessionToken = Redacted.make("test-session-token")
      faults.push({
        on: "GET",
        answer: { status: 400, code: "Odd", message: "test-access-key came with test-session-token on Friday" }
      })
      const message = yield* refused({ credentials: { ...options.credentials, sessionToken } })
      expect(message).toContain("Odd (400)")
      expect(message).toContain("<redacted> came with <redacted> on Friday")
    })
  )

  it.effect("gives up on a server that is silent", () =>
    Effect.gen(function* () {
      const server = yield* Server.S3Server
      const begun = yield* Deferred.make<void>()
      for (let i = 0; i < 3; i++) server.faults.push({ on: "GET", answer: "silence", begun })
      expect(yield* refused({ timeout: "100 millis" })).toContain("did not answer in time")
      expect(server.faults).toEqual([])
    })
  )
})
