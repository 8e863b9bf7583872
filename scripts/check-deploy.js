// Checks deploy/ as far as a machine without a container engine can. It carries out the steps of the Containerfile in
// a folder, as a user without rights, and holds the other files against the help of the command that comes out. Where
// there is a PostgreSQL, it also runs workers as the image and the pods do. `--keep` leaves the folder, and names it.
import { execFileSync, spawnSync } from "node:child_process"
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { readHelp } from "./deploy/command.js"
import * as Containerfile from "./deploy/containerfile.js"
import * as Files from "./deploy/files.js"
import { checkTypes } from "./deploy/kubernetesTypes.js"
import * as Live from "./deploy/live.js"
import { download } from "./runtimes.js"

const { keep } = parseArgs({ options: { keep: { type: "boolean" } } }).values
const read = (name) => readFileSync(join("deploy", name), "utf8")
const texts = {
  image: read("Containerfile"),
  unit: read("openrouter-images-worker.service"),
  compose: read("compose.yaml"),
  example: read(".env.example"),
  kubernetes: read("kubernetes.yaml"),
  readme: read("README.md")
}
const stages = Containerfile.parse(texts.image)

/** Root carries the steps out as the user of the image; anybody else as himself. */
const identity = () => {
  if (process.getuid() !== 0) return {}
  const [uid, gid = uid] = Containerfile.last(stages.at(-1), "USER").split(":").map(Number)
  return { uid, gid }
}
const user = identity()
const folder = mkdtempSync(join(tmpdir(), "deploy-"))
chmodSync(folder, 0o755)
const makeFolder = (name) => {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  if (user.uid !== undefined) execFileSync("chown", ["-R", `${user.uid}:${user.gid}`, path])
  return path
}

const setting = (name) => {
  const value = execFileSync("npm", ["config", "get", name], { encoding: "utf8" }).trim()
  return value === "null" || value === "undefined" ? {} : { [`npm_config_${name}`]: value }
}

/** The Node of the base images. What this machine needs to reach the network is passed on, and nothing else. */
const environment = () => {
  const node = download(resolve("node_modules/.cache/runtimes"), "Node 22")
  const bin = makeFolder("bin")
  copyFileSync(node, join(bin, "node"))
  const path = process.env.PATH.split(delimiter).filter((part) => !part.includes("node_modules"))
  const network = Object.entries(process.env).filter(([name]) => /^(\w+_proxy|NODE_EXTRA_CA_CERTS)$/i.test(name))
  return {
    ...Object.fromEntries(network),
    ...setting("registry"),
    ...setting("cafile"),
    npm_config_update_notifier: "false",
    HOME: makeFolder("home"),
    PATH: [bin, ...path].join(delimiter)
  }
}

let failures = 0
const check = async (title, run) => {
  try {
    console.log(`${title}: ${await run()}`)
    return true
  } catch (error) {
    failures += 1
    console.error(`${title}: FAILED: ${error.message}`)
    return false
  }
}

let image
let command

const install = join("install", Containerfile.last(stages[1], "WORKDIR"))

/** Packages of the image that have another version than the lockfile says. */
const countPackages = () => {
  const nameOf = (path) => path.split("node_modules/").at(-1)
  const packagesIn = (file) =>
    Object.entries(JSON.parse(readFileSync(file, "utf8")).packages).filter(([path]) => path.includes("node_modules/"))
  const locked = new Set(packagesIn("package-lock.json").map(([path, { version }]) => `${nameOf(path)} ${version}`))
  const installed = packagesIn(join(folder, install, "package-lock.json"))
    .filter(([path]) => !nameOf(path).startsWith("effect-openrouter-images"))
    .map(([path, { version }]) => `${nameOf(path)} ${version}`)
  const others = installed.filter((one) => !locked.has(one))
  if (others.length > 0) throw new Error(`not as in package-lock.json: ${others.join(", ")}`)
  return installed.length
}

const runSteps = () => {
  image = { ...Containerfile.build(stages, { context: ".", env: environment(), folder, user }), user }
  // As in the image: the user cannot write what it runs.
  if (user.uid !== undefined) execFileSync("chown", ["-hR", "0:0", join(image.root, "opt")])
  const count = stages.flatMap(({ steps }) => steps).filter(({ name }) => name === "RUN").length
  const [size] = execFileSync("du", ["-sm", image.root], { encoding: "utf8" }).split("\t")
  return `${count} RUN steps; ${countPackages()} packages, as package-lock.json has them; ${size} MB above the base`
}

const call = (...args) => execFileSync("openrouter-images", args, { ...user, ...image, encoding: "utf8" })

const runCommand = () => {
  const { version } = JSON.parse(readFileSync("cli/package.json", "utf8"))
  const printed = call("--version").trim()
  if (printed !== version) throw new Error(`--version prints ${printed}, not ${version}`)
  command = readHelp(`${call("job", "worker", "--help")}\n${call("help", "environment")}`)
  return `version ${printed}; \`job worker\` has ${[...command.options.keys()].join(" ")}`
}

/** systemd before 254 knows no back-off and says so. */
const older = /^.*Unknown key (?:name )?'(?:RestartSteps|RestartMaxDelaySec)'.*\n?/gm

const maxExposure = 2

/** The unit as it is, but for the path of the command. */
const analyzeUnit = () => {
  if (spawnSync("systemd-analyze", ["--version"]).status !== 0) return "there is no systemd here"
  const unit = join(makeFolder("unit"), "openrouter-images-worker.service")
  const bin = join(image.root, "opt/openrouter-images/node_modules/.bin")
  writeFileSync(unit, texts.unit.replace(/^ExecStart=\S*(?=\/openrouter-images )/m, `ExecStart=${bin}`))
  const verify = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" })
  const said = verify.stderr.replace(older, "").trim()
  if (verify.status !== 0 || said !== "") throw new Error(said || `exit code ${verify.status}`)
  const threshold = `--threshold=${maxExposure * 10}`
  const security = spawnSync("systemd-analyze", ["security", "--offline=yes", "--no-pager", threshold, unit], {
    encoding: "utf8"
  })
  const [, exposure] = /exposure level for \S+: ([\d.]+)/.exec(security.stdout) ?? []
  if (security.status !== 0) throw new Error(`its exposure is ${exposure}, above ${maxExposure}`)
  return `verified; exposure ${exposure} of 10`
}

const runWorkers = async () => {
  const bin = Live.programs()
  if (bin === undefined) return "there is no PostgreSQL here"
  return Live.withPostgres({ bin, folder: makeFolder("postgres") }, async (url) => {
    const env = {
      ...image.env,
      OPENROUTER_IMAGES_DATABASE: url,
      OPENROUTER_IMAGES_STORE: makeFolder("pictures"),
      OPENROUTER_IMAGES_VIEW_TOKEN: "a-secret-for-this-check"
    }
    const program = join(image.root, "opt/openrouter-images/node_modules/.bin/openrouter-images")
    const here = { ...image, env, program, cwd: makeFolder("work") }
    const final = stages.at(-1)
    await Live.runImage(here, Containerfile.words(Containerfile.last(final, "CMD")), Containerfile.healthcheckOf(final))
    const [container] = Files.readKubernetes(texts.kubernetes).Deployment.spec.template.spec.containers
    const ports = new Map(container.ports.map(({ containerPort, name }) => [name, containerPort]))
    const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe].map(({ httpGet }) => ({
      ...httpGet,
      port: ports.get(httpGet.port)
    }))
    const metrics = new Set(texts.readme.match(/\bopenrouter_jobs_\w+/g))
    const pictures = await Live.runPod(here, container.args, probes, [...metrics])
    if (pictures !== 3) throw new Error(`a pod made ${pictures} pictures of 3`)
    const counted = `${pictures} pictures, ${metrics.size} metrics as in the README`
    return `HEALTHCHECK and probes answer, the view asks for its secret, ${counted}, exit code 0 after SIGTERM`
  })
}

try {
  const isBuilt = (await check("Containerfile, its steps", runSteps)) && (await check("the command", runCommand))
  if (isBuilt) {
    await check("Containerfile", () => Files.checkImage(texts.image, command))
    await check("openrouter-images-worker.service", () => Files.checkUnit(texts.unit, command))
    await check("openrouter-images-worker.service, by systemd", analyzeUnit)
    await check("compose.yaml", () => Files.checkCompose(texts.compose, texts.example, command))
    await check("kubernetes.yaml", () => Files.checkKubernetes(texts.kubernetes, command))
    await check("kubernetes.yaml, by the types of its API", () => {
      const count = checkTypes(Object.values(Files.readKubernetes(texts.kubernetes)))
      return `${count} documents, and no field that it does not know`
    })
    await check("workers on PostgreSQL", runWorkers)
  }
} finally {
  if (keep) console.log(`kept ${folder}`)
  else rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failures === 0 ? 0 : 1
