import { describe, expect, it } from "@effect/vitest"
import * as Client from "../../src/protocol/Client.js"

const request = (id: unknown, method: string, params?: object) => JSON.stringify({ jsonrpc: "2.0", id, method, params })
const notice = (method: string, params: object) => JSON.stringify({ jsonrpc: "2.0", method, params })

/** The one message of a text. */
const read = (client: Client.Client, text: string): Client.Incoming | undefined => client.read(text)[0]

const success = (requestId: string) =>
  ({ _tag: "Exit", requestId, exit: { _tag: "Success", value: { done: true } } }) as const

describe("a client of the protocol", () => {
  it("gets each answer under its own id, a name or a number, and only once", () => {
    const client = Client.make()
    for (const id of ["a-name", 0, 7, "7", "9007199254740993", -1.5]) {
      const incoming = read(client, request(id, "ping"))
      const requestId = incoming?._tag === "Request" ? incoming.requestId : "none"
      expect(JSON.parse(client.print(success(requestId)) ?? "null")).toMatchObject({ id, result: { done: true } })
      expect(client.print(success(requestId))).toBe(undefined)
    }
  })

  it("cancels the request that it names, and no other", () => {
    const client = Client.make()
    read(client, request("other", "ping"))
    const slow = read(client, request("slow", "tools/call", { name: "generate" }))
    const cancel = notice("notifications/cancelled", { requestId: "slow" })
    expect(read(client, cancel)).toMatchObject({
      message: { payload: { requestId: slow?._tag === "Request" ? slow.requestId : "none" } }
    })
    expect(client.read(notice("notifications/cancelled", { requestId: "unknown" }))).toEqual([])
  })

  it("gets no answer to what it has cancelled", () => {
    const client = Client.make()
    read(client, request(1, "ping"))
    const interrupted = { _tag: "Interrupt", fiberId: { _tag: "None" } } as const
    expect(client.print({ _tag: "Exit", requestId: "0", exit: { _tag: "Failure", cause: interrupted } })).toBe(
      undefined
    )
  })

  it("can be asked only where it says so", () => {
    const client = Client.make()
    const initialize = (capabilities: object) =>
      read(client, request(1, "initialize", { protocolVersion: "2025-06-18", capabilities, clientInfo: {} }))
    initialize({ roots: {} })
    expect(client.canAsk()).toBe(false)
    initialize({ elicitation: {} })
    expect(client.canAsk()).toBe(true)
  })

  it("may send several messages at once, and any text", () => {
    const client = Client.make()
    const batch = client.read(`[${request(1, "ping")},${request(2, "burn")},7]`)
    expect(batch.map(({ _tag }) => _tag)).toEqual(["Request", "Refused", "Refused"])
    for (const text of ["", "{", "null", "[]", "7", '"text"', '{"jsonrpc":"2.0"}', '{"jsonrpc":"1.0","id":1}'])
      expect(client.read(text).map(({ _tag }) => _tag)).toEqual(["Refused"])
    expect(client.read(notice("notifications/unknown", {}))).toEqual([])
  })

  it("answers each question once, and no other", () => {
    const client = Client.make()
    const answer = (id: unknown) => client.read(JSON.stringify({ jsonrpc: "2.0", id, result: { action: "accept" } }))
    client.print({ _tag: "Request", id: "7", tag: "elicitation/create", payload: {}, headers: [] })
    for (const id of [6, 8, 7.5, "seven", ""]) expect(answer(id)).toEqual([])
    expect(answer(7)).toMatchObject([{ message: { _tag: "Exit", requestId: "7" } }])
    expect(answer(7)).toEqual([])
  })
})
