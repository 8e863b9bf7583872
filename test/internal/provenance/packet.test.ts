import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { namespace } from "../../../src/internal/provenance/own.js"
import { jsonIn, packetWith } from "../../../src/internal/provenance/packet.js"

const statement = { prompt: "a red panda", model: "author/slug", json: '{"a":1}' }
const all = Number.POSITIVE_INFINITY
const packetOf = (prompt: string, json = "{}") => packetWith(undefined, { prompt, model: "m", json }, all) ?? ""

describe("a packet", () => {
  it("gives any JSON back", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.jsonValue(), FastCheck.string({ unit: "binary" }), (value, prompt) => {
        const json = jsonIn(packetOf(prompt, JSON.stringify([value, prompt])))
        expect(JSON.parse(json ?? "null")).toEqual(JSON.parse(JSON.stringify([value, prompt])))
      })
    )
  })

  it("has no character that XML forbids", () => {
    const text = packetOf("a\0b\u0008c\uFFFEd\uD800e\tf\ng\r", JSON.stringify("\0\uFFFF\uD800\u0085\u2028"))
    expect(text).toContain(">a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\tf\ng&#xD;</rdf:li>")
    expect(text).toContain(String.raw`"\u0000\uffff\ud800\u0085\u2028"`)
  })

  it.each([
    ["with another prefix", `<d xmlns:p='${namespace}'><p:json>{"a":1}</p:json>`],
    ["with entities", `<d xmlns:eoi="${namespace}"><eoi:json>{&quot;a&#34;:&#x31;}</eoi:json>`],
    ["as an attribute", `<d xmlns:eoi = "${namespace}" eoi:json="{&quot;a&quot;:1}"/>`]
  ])("of ours is read %s, as other tools write it", (_, packet) => {
    expect(jsonIn(packet)).toBe('{"a":1}')
  })

  it.each([
    ["nothing of ours", "<d/>"],
    ["our namespace as mere text", `<d>${namespace}</d>`],
    ["no JSON", `<d xmlns:eoi="${namespace}"/>`],
    ["JSON without an end", `<d xmlns:eoi="${namespace}"><eoi:json>{}`],
    ["JSON beyond any measure", `<d xmlns:eoi="${namespace}"><eoi:json>${" ".repeat(7 * 1024 * 1024)}</eoi:json>`]
  ])("with %s says nothing", (_, packet) => {
    expect(jsonIn(packet)).toBeUndefined()
  })

  it("keeps a reference to a character that does not exist as it is", () => {
    expect(jsonIn(`<d xmlns:eoi="${namespace}"><eoi:json>&#x110000;&nbsp;</eoi:json>`)).toBe("&#x110000;&nbsp;")
  })

  it("is not added to when another tool has written ours anew, nor when there is too much to say", () => {
    const packet = packetWith(undefined, statement, all) ?? ""
    expect(packetWith(packet, statement, all)).toBe(packet)
    expect(packetWith(packet.replace("<rdf:Description ", "<rdf:Description\n"), statement, all)).toBeUndefined()
    expect(packetWith(undefined, { ...statement, json: "x".repeat(1024 * 1024 + 1) }, all)).toBeUndefined()
  })
})
