// Reads a Containerfile, and carries its steps out without a container engine: a folder stands for the root of a stage.
import { execFileSync } from "node:child_process"
import { chownSync, cpSync, existsSync, mkdirSync, statSync } from "node:fs"
import { basename, delimiter, join, posix } from "node:path"

/** The instructions, each on one line. */
const instructionsOf = (text) =>
  text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n")
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name, rest] = /^\s*(\S+)\s+(.*)$/.exec(line)
      return { name: name.toUpperCase(), rest: rest.trim() }
    })

/** The stages in order: name, base, and steps. */
export const parse = (text) => {
  const stages = []
  for (const step of instructionsOf(text)) {
    if (step.name === "FROM") {
      const [, base, name = "final"] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(step.rest)
      stages.push({ base, name, steps: [] })
    } else stages.at(-1).steps.push(step)
  }
  return stages
}

/** The last value of an instruction in a stage. */
export const last = ({ steps }, name) => steps.findLast((step) => step.name === name)?.rest

/** `["a", "b"]`, the form that runs without a shell. */
export const words = (text) => {
  const list = JSON.parse(text ?? "null")
  if (!Array.isArray(list)) throw new Error(`not a list of words: ${text}`)
  return list
}

/** The command of HEALTHCHECK. */
export const healthcheckOf = (stage) => words(/ CMD (\[.*\])$/.exec(` ${last(stage, "HEALTHCHECK") ?? ""}`)?.[1])

const isFolder = (path) => statSync(path).isDirectory()

const owner = ({ uid, gid }) => (uid === undefined ? [] : [uid, gid])

const makeFolder = (path, user) => {
  const first = mkdirSync(path, { recursive: true })
  if (first !== undefined && user.uid !== undefined) execFileSync("chown", ["-R", owner(user).join(":"), first])
}

/** What COPY does: the content of a folder, or files under their names into a folder. */
const copy = ({ context, cwd, folder, root, user }, rest) => {
  const parts = rest.split(/\s+/)
  const from = parts.find((part) => part.startsWith("--from="))?.slice("--from=".length)
  const names = parts.filter((part) => !part.startsWith("--"))
  const target = names.pop()
  const isInto = names.length > 1 || target.endsWith("/") || target === "." || target === "./"
  const to = join(root, posix.resolve(cwd, target))
  for (const name of names) {
    const source = join(from === undefined ? context : join(folder, from), name)
    if (!existsSync(source)) throw new Error(`COPY ${rest}: there is no ${name}`)
    const place = isFolder(source) || !isInto ? to : join(to, basename(name))
    makeFolder(isFolder(source) ? place : join(place, ".."), user)
    cpSync(source, place, { recursive: true, verbatimSymlinks: true })
    if (user.uid === undefined) continue
    if (isFolder(place)) execFileSync("chown", ["-hR", owner(user).join(":"), place])
    else chownSync(place, user.uid, user.gid)
  }
}

/** A path that is there in the stage, as a path of this machine. */
const inStage = (root, path) => (existsSync(join(root, path)) ? join(root, path) : path)

const set = (env, root, rest) => {
  for (const [, name, value] of rest.matchAll(/([A-Z_][A-Z0-9_]*)=("[^"]*"|\S*)/gi)) {
    const whole = value.replace(/^"|"$/g, "").replace(/\$\{?([A-Z_][A-Z0-9_]*)\}?/gi, (_, other) => env[other] ?? "")
    const parts = whole.split(delimiter)
    env[name] = parts.map((part) => (part.startsWith("/") ? inStage(root, part) : part)).join(delimiter)
  }
}

/** A path that would leave the folder in which the steps are carried out. */
const absolute = /(?:^|[\s=:'"])\/(?!dev\/null)[\w.*]/

const runStep = ({ cwd, env, numbers, root, user }, rest) => {
  if (absolute.test(rest)) throw new Error(`RUN ${rest}: it names an absolute path`)
  // Who may not give files away is the user of the image.
  const mine = `${process.getuid()}:${process.getgid()}`
  const command = user.uid === undefined ? rest.replaceAll(numbers, mine) : rest
  try {
    execFileSync("sh", ["-c", command], {
      ...user,
      cwd: join(root, cwd),
      encoding: "utf8",
      env,
      stdio: ["ignore", "pipe", "pipe"]
    })
  } catch ({ message, stdout }) {
    throw new Error(`${message}\n${stdout}`)
  }
}

/**
 * Carries the steps of all stages out below `folder`, as a user without rights where this process may choose one. An
 * ENV may name paths that come later, so the environment is read again in the end.
 */
export const build = (stages, { context, env, folder, user }) => {
  const numbers = last(stages.at(-1), "USER") ?? ""
  let stage
  for (const { name, steps } of stages) {
    stage = { context, cwd: "/", env: { ...env }, folder, numbers, root: join(folder, name), user }
    makeFolder(stage.root, user)
    for (const { name, rest } of steps) {
      if (name === "WORKDIR") {
        stage.cwd = posix.resolve(stage.cwd, rest)
        makeFolder(join(stage.root, stage.cwd), user)
      } else if (name === "COPY") copy(stage, rest)
      else if (name === "RUN") runStep(stage, rest)
      else if (name === "ENV") set(stage.env, stage.root, rest)
    }
    stage.env = { ...env }
    for (const { name, rest } of steps) if (name === "ENV") set(stage.env, stage.root, rest)
  }
  return { cwd: join(stage.root, stage.cwd), env: stage.env, root: stage.root }
}
