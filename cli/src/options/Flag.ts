/** The kinds of options, and the options that several commands have. */
import * as Options from "@effect/cli/Options"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { flagName } from "./OptionName.js"
import { parse as parseDuration } from "./Timeout.js"

const optional = <A>(options: Options.Options<A>, help: string): Options.Options<A | undefined> =>
  options.pipe(Options.withDescription(help), Options.optional, Options.map(Option.getOrUndefined))

/** The messages of @effect/cli's own numbers do not name the option. */
const read = <A>(name: string, placeholder: string, kind: string, parse: (value: string) => Option.Option<A>) =>
  Options.text(name).pipe(
    Options.withPseudoName(placeholder),
    Options.filterMap(parse, `The value of ${flagName(name)} must be ${kind}.`)
  )

export const text = (name: string, placeholder: string, help: string) =>
  optional(Options.text(name).pipe(Options.withPseudoName(placeholder)), help)

/** A value of a kind that only one command has. */
export const custom = <A>(
  name: string,
  placeholder: string,
  kind: string,
  parse: (value: string) => Option.Option<A>,
  help: string
) => optional(read(name, placeholder, kind, parse), help)

const toInteger = (value: string): Option.Option<number> =>
  /^[+-]?\d+$/.test(value) ? Option.some(Number(value)) : Option.none()

export const integer = (name: string, help: string) => optional(read(name, "N", "an integer", toInteger), help)

/** How many of something; at least one. */
export const count = (name: string, help: string) => {
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0
  const toCount = (value: string) => Option.filter(toInteger(value), isCount)
  return optional(read(name, "N", "a positive integer", toCount), help)
}

/** A port of TCP. */
export const port = (name: string, help: string) => {
  const isPort = (value: number): boolean => value > 0 && value < 65_536
  const toPort = (value: string) => Option.filter(toInteger(value), isPort)
  return optional(read(name, "PORT", "a port, 1 to 65535", toPort), help)
}

/** A time: a number alone counts seconds. */
export const duration = (name: string, help: string) =>
  optional(read(name, "DURATION", "a duration above zero, such as 90s, 10m, 2h or 30d", parseDuration), help)

/** Names with commas between them. */
export const names = (name: string, help: string) => {
  const split = (value: string) =>
    value
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "")
  const toNames = (value: string) => Option.filter(Option.some(split(value)), ({ length }) => length > 0)
  return optional(read(name, "NAMES", "names with commas between them", toNames), help)
}

const parseJson = Schema.decodeUnknownOption(
  Schema.parseJson(Schema.Record({ key: Schema.String, value: Schema.Unknown }))
)

/** A JSON object. */
export const json = (name: string, help: string) => optional(read(name, "JSON", "a JSON object", parseJson), help)

const toDollars = (value: string): Option.Option<number> =>
  /^\$?(\d+(\.\d*)?|\.\d+)$/.test(value)
    ? Option.filter(Option.some(Number(value.replace("$", ""))), Number.isFinite)
    : Option.none()

/** US dollars. */
export const dollars = (name: string, help: string) =>
  optional(read(name, "USD", "US dollars, zero or more, such as 0.50", toDollars), help)

/** One of some words; no other can be meant. */
export const oneOf = <A extends string>(name: string, all: ReadonlyArray<A>, help: string) => {
  const toWord = (value: string) => Option.fromNullable(all.find((one) => one === value.toLowerCase()))
  return optional(read(name, "BY", `one of ${all.join(", ")}`, toWord), `${help} ${all.join(", ")}`)
}

export const toggle = (name: string, help: string): Options.Options<boolean> =>
  Options.boolean(name).pipe(Options.withDescription(help))

/** Every command has it. */
export const emulator = toggle("emulator", "Use the embedded emulator even if a key is set; nothing is billed")

export const timeout = text(
  "timeout",
  "DURATION",
  "How long one attempt may take, such as 90s, 2m or '10 minutes'. Default: 5 minutes"
)

export const budget = dollars("budget", "The most that this run may cost, in US dollars")

export const maxCost = dollars("max-cost", "The most that one request may cost, in US dollars")

export const noProvenance = toggle(
  "no-provenance",
  "Save the bytes as they came, without the prompt and the request in or beside them"
)
