// What the built command says of itself, and whether a command line for it is right.

const section = (help, title) => new RegExp(`^${title}\\n\\n((?:.+\\n)+)`, "m").exec(help)?.[1] ?? ""

/** The options of the help texts, each with whether it takes a value; and the variables that it names. */
export const readHelp = (help) => {
  const rows = [...section(help, "ARGUMENTS AND OPTIONS").matchAll(/^(?:-\w, )?(--[a-z-]+)( \S+)?(?: {2}|$)/gm)]
  const variables = section(help, "ENVIRONMENT").match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)
  if (rows.length === 0 || variables === null) throw new Error(`not the help of a command:\n${help}`)
  return {
    options: new Map(rows.map(([, name, value]) => [name, value !== undefined])),
    variables: new Set(variables)
  }
}

const units = { s: 1, sec: 1, m: 60, min: 60, h: 3600 }

/** `90`, `60s`, `5m` or `6min` as seconds. */
export const secondsOf = (text) => {
  const [, amount, unit] = /^(\d+)\s*(s|sec|m|min|h)?$/.exec(String(text)) ?? []
  if (amount === undefined) throw new Error(`not a time: ${text}`)
  return Number(amount) * units[unit ?? "s"]
}

/** The options of `job worker …` with their values. */
export const readCommandLine = (words, { options }) => {
  const [job, worker, ...rest] = words
  if (job !== "job" || worker !== "worker") throw new Error(`not \`job worker\`: ${words.join(" ")}`)
  const found = new Map()
  while (rest.length > 0) {
    const [name, attached] = rest.shift().split(/=(.*)/s)
    if (!options.has(name)) throw new Error(`\`job worker\` has no option ${name}`)
    if (found.has(name)) throw new Error(`${name} is there twice`)
    const value = options.get(name) ? (attached ?? rest.shift()) : true
    if (value === undefined) throw new Error(`${name} has no value`)
    found.set(name, value)
  }
  return found
}

/** What a worker does after its last call; see `closingTime` in cli/src/commands/job/worker/End.ts. */
const closing = 10

/** Compares the time until a supervisor kills a worker with the time that the worker takes. */
export const checkGrace = (grace, commandLine) => {
  const drain = commandLine.get("--drain")
  if (drain === undefined) throw new Error("the command has no --drain")
  if (secondsOf(grace) <= secondsOf(drain) + closing) throw new Error(`${grace} is no longer than --drain ${drain}`)
}

export const checkVariables = (names, { variables }) => {
  const unknown = [...names].filter((name) => !variables.has(name))
  if (unknown.length > 0) throw new Error(`the command does not read ${unknown.join(", ")}`)
}

/** The port of `--monitor` or `--view`. */
export const portOf = (address) => Number(/(\d+)$/.exec(address ?? "")?.[1])

export const assert = (condition, problem) => {
  if (!condition) throw new Error(problem)
}
