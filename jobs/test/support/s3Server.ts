/** A server of the S3 API on a free port: buckets by path, their objects, lists of them, and signatures that it checks. */
import { createServer } from "node:http"
import type { Socket } from "node:net"
import { HttpServer, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { Context, Deferred, Effect, Layer, Redacted, Stream } from "effect"
import type * as S3 from "effect-openrouter-images-jobs/S3"
import { type Account, type Refusal, refusalOf } from "./s3Signature.js"

export interface Kept {
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly putAt: Date
}

export interface Seen {
  readonly method: string
  /** `/bucket/key`, decoded. */
  readonly path: string
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** In place of the next answer to this method: another one, none at all, one that stops half way, or a page; or what arrives is damaged. */
export type Fault =
  | { readonly on: string; readonly answer: Refusal & { readonly message?: string } }
  | { readonly on: string; readonly answer: "silence" | "half"; readonly begun: Deferred.Deferred<void> }
  | { readonly on: string; readonly answer: "damage" | "page" }

export interface Service {
  readonly account: Account
  /** By bucket and key: `pictures/ab/abcd….png`. */
  readonly objects: Map<string, Kept>
  readonly seen: Array<Seen>
  readonly faults: Array<Fault>
  /** The connections that are open. */
  readonly sockets: Set<Socket>
  /** Completes when a client has gone before its answer was whole. */
  readonly abandoned: Deferred.Deferred<void>
  /** What a client gives to `S3.layer`; the bucket is there. */
  readonly options: S3.Options & { readonly credentials: S3.Credentials; readonly endpoint: string }
}

export class S3Server extends Context.Tag("test/S3Server")<S3Server, Service>() {}

const bucket = "pictures"
const account: Account = { accessKeyId: "test-access-key", secretAccessKey: "test-secret-key", region: "us-east-1" }

const refuse = ({ code, message = "", region, status }: Refusal & { readonly message?: string }) =>
  HttpServerResponse.text(
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message>${
      region === undefined ? "" : `<Region>${region}</Region>`
    }<AWSAccessKeyId>${account.accessKeyId}</AWSAccessKeyId></Error>`,
    { status, contentType: "application/xml", headers: { "x-amz-request-id": "REQUEST-1" } }
  )

/** What other servers than Amazon's did not know when the SDK began to send it. */
const unknownHeader = (headers: Seen["headers"]) =>
  Object.keys(headers).some((name) => /^x-amz-(checksum-crc|sdk-checksum|trailer)/.test(name))

/** A page of two objects, so that a list has several. */
const pageSize = 2

const listed = (service: Service, query: URLSearchParams) => {
  const prefix = `${bucket}/${query.get("prefix") ?? ""}`
  const from = Number(query.get("continuation-token") ?? 0)
  const all = Array.from(service.objects).filter(([name]) => name.startsWith(prefix))
  const contents = all
    .slice(from, from + pageSize)
    .map(
      ([name, { bytes, putAt }]) =>
        `<Contents><Key>${name.slice(bucket.length + 1)}</Key><LastModified>${putAt.toISOString()}</LastModified>` +
        `<Size>${bytes.byteLength}</Size></Contents>`
    )
  const next = from + pageSize < all.length ? `<NextContinuationToken>${from + pageSize}</NextContinuationToken>` : ""
  return HttpServerResponse.text(
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult>${contents.join("")}${next}</ListBucketResult>`,
    { contentType: "application/xml" }
  )
}

const answer = (
  service: Service,
  { headers, method, path }: Omit<Seen, "status">,
  query: URLSearchParams,
  body: Uint8Array
) => {
  const name = path.slice(1)
  if (method === "GET" && name.replace(/\/$/, "") === bucket) return listed(service, query)
  if (!name.startsWith(`${bucket}/`)) return refuse({ status: 404, code: "NoSuchBucket" })
  if (unknownHeader(headers)) return refuse({ status: 501, code: "NotImplemented" })
  if (method === "PUT") {
    service.objects.set(name, { bytes: body, contentType: headers["content-type"] ?? "", putAt: new Date() })
    return HttpServerResponse.empty({ status: 200 })
  }
  if (method === "DELETE") {
    service.objects.delete(name)
    return HttpServerResponse.empty({ status: 204 })
  }
  const kept = service.objects.get(name)
  return kept === undefined
    ? refuse({ status: 404, code: "NoSuchKey" })
    : HttpServerResponse.uint8Array(kept.bytes, {
        contentType: kept.contentType,
        headers: { "last-modified": kept.putAt.toUTCString() }
      })
}

/** What arrived is not what was sent. */
const damaged = (body: Uint8Array) => body.map((byte, i) => (i === 0 ? byte ^ 1 : byte))

/** Until its client goes. */
const nothingMore = (service: Service, begun: Deferred.Deferred<void>) =>
  Deferred.succeed(begun, undefined).pipe(
    Effect.zipRight(Effect.never),
    Effect.onInterrupt(() => Deferred.succeed(service.abandoned, undefined)),
    Effect.interruptible
  )

const respond = (service: Service, request: HttpServerRequest.HttpServerRequest) =>
  Effect.gen(function* () {
    const sent = new Uint8Array(yield* request.arrayBuffer)
    const { headers, method, url } = request
    const at = service.faults.findIndex(({ on }) => on === method)
    const fault = at === -1 ? undefined : service.faults.splice(at, 1)[0]
    const body = fault?.answer === "damage" ? damaged(sent) : sent
    const seen = { method, path: decodeURIComponent(url.split("?", 1).join("")), headers }
    if (fault !== undefined && "begun" in fault) {
      if (fault.answer === "silence") return yield* nothingMore(service, fault.begun)
      const half = Stream.make(new Uint8Array(8))
      return HttpServerResponse.stream(
        Stream.concat(half, Stream.fromEffect(nothingMore(service, fault.begun)).pipe(Stream.drain)),
        { headers: { "content-length": "16" } }
      )
    }
    if (fault?.answer === "page") return HttpServerResponse.text("<html><p>Not found<br></html>", { status: 404 })
    const refusal = refusalOf({ method, target: url, headers, body }, service.account)
    const response =
      typeof fault?.answer === "object"
        ? refuse(fault.answer)
        : refusal === undefined
          ? answer(service, seen, new URL(url, "http://server").searchParams, body)
          : refuse(refusal)
    service.seen.push({ ...seen, status: response.status })
    return response
  })

const serviceOn = (sockets: Set<Socket>) =>
  Effect.gen(function* () {
    const server = yield* HttpServer.HttpServer
    if (server.address._tag !== "TcpAddress") return yield* Effect.dieMessage("it has no port")
    const { accessKeyId, secretAccessKey } = account
    const service: Service = {
      account,
      objects: new Map(),
      seen: [],
      faults: [],
      sockets,
      abandoned: yield* Deferred.make<void>(),
      options: {
        bucket,
        endpoint: `http://127.0.0.1:${server.address.port}`,
        credentials: { accessKeyId, secretAccessKey: Redacted.make(secretAccessKey) }
      }
    }
    yield* server.serve(Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => respond(service, request)))
    return service
  })

const serverWith = (sockets: Set<Socket>) =>
  createServer().on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })

export const layer = Layer.suspend(() => {
  const sockets = new Set<Socket>()
  return Layer.scoped(S3Server, serviceOn(sockets)).pipe(
    Layer.provide(NodeHttpServer.layer(() => serverWith(sockets), { port: 0, host: "127.0.0.1" }))
  )
})
