// Runs workers of the built image on a PostgreSQL of its own, as a supervisor does: it asks for health, and ends them.
import { execFileSync, spawn } from "node:child_process"
import { chownSync, existsSync, mkdirSync, readdirSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { assert } from "./command.js"

const home = "/usr/lib/postgresql"

/** Debian keeps the server's programs beside the PATH, by version. */
export const programs = () =>
  (existsSync(home) ? readdirSync(home) : [])
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(home, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")))

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const patience = 60_000

/** Asks until the answer is yes. */
const until = async (what, isSo, patienceOf = () => true) => {
  const end = Date.now() + patience
  while (!(await isSo())) {
    assert(patienceOf() && Date.now() < end, `${what}: not within ${patience / 1000} s`)
    await setTimeout(250)
  }
}

const ended = (child) =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode)
    else child.once("exit", resolve)
  })

/** The server refuses to run as root, and as a user without a name. */
const identity = () => {
  if (process.getuid() !== 0) return {}
  const id = (flag) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
  return { uid: id("-u"), gid: id("-g") }
}

/** Runs a task with the address of an empty database, which is in a folder. */
export const withPostgres = async ({ bin, folder }, task) => {
  const user = identity()
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, "data")
  const options = { ...user, cwd: folder, stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, LC_ALL: "C" } }
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "jobs", "-A", "trust", "-E", "UTF8", "--no-sync"], options)
  const port = await freePort()
  const settings = ["-D", data, "-p", `${port}`, "-k", folder, "-c", "listen_addresses=127.0.0.1"]
  const server = spawn(join(bin, "postgres"), settings, { ...options, stdio: "ignore" })
  const isReady = () => {
    try {
      execFileSync(join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", `${port}`], options)
      return true
    } catch {
      return false
    }
  }
  try {
    await until("PostgreSQL", isReady, () => server.exitCode === null)
    return await task(`postgres://jobs@127.0.0.1:${port}/postgres`)
  } finally {
    server.kill("SIGINT")
    await ended(server)
  }
}

/** Free ports in place of those that the files name. */
const moved = async (words, more) => {
  const ports = new Map()
  const move = (text) => text.replace(/\b(8788|8790|9464)\b/g, (port) => ports.get(port))
  for (const port of ["8788", "8790", "9464"]) ports.set(port, `${await freePort()}`)
  return { words: words.map(move), more: more.map(move) }
}

/** Each time over a connection of its own: one that is kept may end while this process waits for a command. */
const ask = (url, headers = {}) =>
  fetch(url, { headers: { ...headers, connection: "close" }, signal: AbortSignal.timeout(10_000) })

const statusOf = (url, headers) =>
  ask(url, headers).then(
    ({ status }) => status,
    () => 0
  )

/** Starts a worker with the embedded emulator, lets a task use it, and ends it. It must end with exit code 0. */
const withWorker = async ({ cwd, env, program, user, words }, task) => {
  const worker = spawn(program, [...words, "--emulator"], { ...user, cwd, env, stdio: ["ignore", "pipe", "pipe"] })
  let said = ""
  worker.stdout.on("data", (data) => (said += data))
  worker.stderr.on("data", (data) => (said += data))
  try {
    await task(() => worker.exitCode === null)
    worker.kill("SIGTERM")
    const code = await Promise.race([ended(worker), setTimeout(patience, "none", { ref: false })])
    assert(code === 0, `after SIGTERM its exit code is ${code}`)
  } catch (error) {
    throw new Error(`${error.message}\n${words.join(" ")} said:\n${said}`)
  } finally {
    worker.kill("SIGKILL")
  }
}

/** The image's own command, until its HEALTHCHECK is content. */
export const runImage = async (image, words, healthcheck) => {
  const { more, words: own } = await moved(words, healthcheck)
  const isHealthy = () => {
    try {
      execFileSync(more[0], more.slice(1), { ...image.user, cwd: image.cwd, env: image.env, stdio: "ignore" })
      return true
    } catch {
      return false
    }
  }
  await withWorker({ ...image, words: own }, async (isAlive) => {
    await until("HEALTHCHECK", isHealthy, isAlive)
  })
}

const prompts = "a meadow in spring\na meadow in summer\na meadow in autumn\n"

/** The command of a pod: its probes, its view, a job of three pictures, and its metrics. Gives how many pictures. */
export const runPod = async (image, words, probes, metrics) => {
  const urls = probes.map(({ path, port }) => `http://127.0.0.1:${port}${path}`)
  const here = words.map((word) => word.replace("$(POD_IP)", "127.0.0.1"))
  const others = ["http://127.0.0.1:8788/api/jobs", "http://127.0.0.1:9464/metrics"]
  const { more, words: own } = await moved(here, [...others, ...urls])
  const [view, metricsUrl, ...answering] = more
  const call = (...args) =>
    execFileSync(image.program, ["job", ...args], {
      ...image.user,
      cwd: image.cwd,
      encoding: "utf8",
      env: image.env,
      input: prompts,
      stdio: "pipe",
      timeout: patience
    })
  await withWorker({ ...image, words: own }, async (isAlive) => {
    for (const url of answering) await until(url, async () => (await statusOf(url)) === 200, isAlive)
    assert((await statusOf(view)) === 401, "the view does not ask for its secret")
    const authorization = `Bearer ${image.env.OPENROUTER_IMAGES_VIEW_TOKEN}`
    assert((await statusOf(view, { authorization })) === 200, "the view does not take its secret")
    call("submit", "--job", "meadows", "--limit", "1", "-")
    call("watch", "meadows")
    const counted = await ask(metricsUrl).then((answer) => answer.text())
    const missing = metrics.filter((name) => !new RegExp(`^${name}(\\{| )`, "m").test(counted))
    assert(missing.length === 0, `/metrics does not have ${missing.join(", ")}`)
  })
  const out = join(image.cwd, "out")
  mkdirSync(out)
  if (image.user.uid !== undefined) chownSync(out, image.user.uid, image.user.gid)
  call("results", "meadows", "--out", out)
  return readdirSync(out).filter((name) => name.endsWith(".png")).length
}
