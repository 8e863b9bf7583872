import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { vi } from "vitest"
import * as Server from "../../../../../jobs/test/support/s3Server.js"
import { lines } from "../../../support/batches.js"
import { Environment } from "../../../support/emulated.js"
import { fetched, inPlace, made, type Place, submitted, worked } from "../../../support/jobs.js"

/** The environment of a user of the server, with other variables; the SDK reads the process's own. */
const withServer = <A, E, R>(
  use: (server: Server.Service, place: Place) => Effect.Effect<A, E, R>,
  more: Record<string, string> = {}
) =>
  Effect.flatMap(Server.S3Server, (server) => {
    const { accessKeyId, secretAccessKey } = server.account
    const variables = {
      AWS_ENDPOINT_URL_S3: server.options.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...{ AWS_REGION: "", AWS_EC2_METADATA_DISABLED: "true", ...more }
    }
    return Effect.acquireUseRelease(
      Effect.sync(() => {
        server.objects.clear()
        for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
      }),
      () => inPlace((place) => use(server, { ...place, store: "s3://pictures/spring 2026" })),
      () => Effect.sync(() => vi.unstubAllEnvs())
    )
  })

const secrets = /test-access-key|test-secret-key|wrong-secret/

describe("a store in a bucket", () => {
  layer(Layer.merge(Environment, Server.layer), { excludeTestServices: true })((it) => {
    it.scoped("has the pictures of the workers, under its prefix, and gives them as results", () =>
      withServer((server, place) =>
        Effect.gen(function* () {
          const { code, stderr } = yield* made(place, "animals", "a fox", "a dog")
          expect([code, stderr]).toEqual([0, expect.stringMatching(/^store {7}s3:\/\/pictures\/spring 2026$/m)])
          expect([...server.objects.keys()]).toEqual(
            Array(2).fill(expect.stringMatching(/^pictures\/spring 2026\/\w\w\//))
          )
          const written = yield* fetched(place)
          const names = ["0001-a-fox.png", "0002-a-dog.png"].map((name) => `${place.folder}/out/${name}`)
          expect([written.code, written.stdout]).toEqual([0, names])
          server.objects.clear()
          const missing = yield* fetched({ ...place, folder: `${place.folder}/again` })
          expect([missing.code, missing.stderr]).toEqual([8, expect.stringMatching(/^missing {5}the pictures of 2/m)])
          expect(stderr + written.stderr + missing.stderr).not.toMatch(secrets)
        })
      )
    )

    it.scoped.each([
      ["a wrong key", { AWS_ACCESS_KEY_ID: "stranger" }, "InvalidAccessKeyId (403)"],
      ["a wrong secret", { AWS_SECRET_ACCESS_KEY: "wrong-secret" }, "SignatureDoesNotMatch (403)"],
      ["another region", { AWS_REGION: "eu-west-1" }, "AWS_REGION"],
      ["nobody who listens", { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" }, "connect ECONNREFUSED 127.0.0.1:1"],
      ["no address", { AWS_ENDPOINT_URL_S3: "localhost:9000" }, "is not a URL"]
    ] as const)("ends a worker before anything is paid for: %s", ([_, more, words]) =>
      withServer(
        (_server, place) =>
          Effect.gen(function* () {
            yield* submitted(place, "animals", lines("a fox"))
            const { code, stderr } = yield* worked(place)
            expect([code, stderr]).toEqual([
              8,
              expect.stringMatching(/^files {7}The store s3:\/\/pictures\/\S+ 2026 cannot/m)
            ])
            expect(stderr).toContain(words)
            expect(stderr).toMatch(/^cost {8}Nothing was billed\.$/m)
            expect(stderr).not.toMatch(secrets)
          }),
        more
      )
    )

    it.scoped("takes the server for all of Amazon's services too, as Amazon's client does", () =>
      Effect.flatMap(Server.S3Server, ({ options }) =>
        withServer(
          (server, place) =>
            Effect.gen(function* () {
              yield* made({ ...place, store: "s3://pictures" }, "animals", "a fox")
              expect([...server.objects.keys()]).toEqual([expect.stringMatching(/^pictures\/\w\w\/\w+\.png$/)])
            }),
          { AWS_ENDPOINT_URL_S3: "", AWS_ENDPOINT_URL: options.endpoint }
        )
      )
    )

    it.scoped.each([
      "s3://",
      "s3:///pictures",
      "s3://test-access-key:wrong-secret@pictures/x",
      "s3://localhost:9000/pictures"
    ])("refuses %s, and does not say a key that stands in it", (store) =>
      withServer((_, place) =>
        Effect.gen(function* () {
          const { code, stderr } = yield* worked({ ...place, store })
          expect([code, stderr]).toEqual([2, expect.stringContaining("The address of the bucket cannot be read")])
          expect(stderr).not.toMatch(secrets)
        })
      )
    )
  })
})
