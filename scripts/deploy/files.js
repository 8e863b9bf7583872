// What must hold in each file of deploy/. Each function gives a line of what it has seen, or throws what is wrong.
import { parse, parseAllDocuments } from "yaml"
import { assert, checkGrace, checkVariables, portOf, readCommandLine } from "./command.js"
import * as Containerfile from "./containerfile.js"

const isRoot = (user) => /^(0|root)(:|$)/.test(String(user))

const list = (names) => [...names].join(", ")

/** The image: who runs in it, what ends it, and whether what asks for its health asks where it answers. */
export const checkImage = (text, command) => {
  const stages = Containerfile.parse(text)
  const final = stages.at(-1)
  const user = Containerfile.last(final, "USER")
  assert(/^[1-9]\d*(:[1-9]\d*)?$/.test(user), `the user is not a number above 0: ${user}`)
  assert(Containerfile.last(final, "STOPSIGNAL") === "SIGTERM", "the stop signal is not SIGTERM")
  const entry = Containerfile.words(Containerfile.last(final, "ENTRYPOINT"))
  assert(entry.join() === "openrouter-images", `the entry point is ${entry.join(" ")}`)
  assert(
    stages.every(({ base }) => /^node:22(\.\d+)*-.*slim$|^node:22-slim$/.test(base)),
    "a base is not node:22-slim"
  )
  const words = Containerfile.words(Containerfile.last(final, "CMD"))
  const asked = Number(/127\.0\.0\.1:(\d+)\/health/.exec(Containerfile.healthcheckOf(final).join(" "))?.[1])
  const port = portOf(readCommandLine(words, command).get("--monitor"))
  assert(asked === port, `HEALTHCHECK asks port ${asked}, --monitor is ${port}`)
  const names = final.steps.filter(({ name }) => name === "ENV").map(({ rest }) => rest.split("=")[0])
  checkVariables(
    names.filter((name) => name !== "PATH"),
    command
  )
  return `user ${user}, SIGTERM, ${entry} ${words.join(" ")}; HEALTHCHECK asks port ${port}`
}

/** Settings of a unit, by section and name. */
export const readUnit = (text) => {
  const found = new Map()
  let section = ""
  for (const line of text
    .replace(/^[#;].*\n/gm, "")
    .replace(/\\\n/g, " ")
    .split("\n")) {
    const [, title] = /^\[(.+)\]$/.exec(line) ?? []
    if (title !== undefined) section = title
    const [, name, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? []
    if (name !== undefined) found.set(`${section}.${name}`, value.trim())
  }
  return found
}

const hardening = {
  NoNewPrivileges: "yes",
  ProtectSystem: "strict",
  PrivateTmp: "yes",
  ProtectHome: "yes",
  Restart: "always",
  KillSignal: "SIGTERM"
}

export const checkUnit = (text, command) => {
  const unit = readUnit(text)
  const service = (name) => unit.get(`Service.${name}`)
  for (const [name, value] of Object.entries(hardening)) {
    assert(service(name) === value, `${name}= is ${service(name)}, not ${value}`)
  }
  for (const name of ["StateDirectory", "EnvironmentFile", "RestartSec", "RestartSteps", "RestartMaxDelaySec"]) {
    assert(service(name) !== undefined, `there is no ${name}=`)
  }
  assert(service("DynamicUser") === "yes" || !isRoot(service("User") ?? "root"), "the worker runs as root")
  const [program, ...words] = service("ExecStart").split(/\s+/)
  assert(program.endsWith("/openrouter-images"), `it starts ${program}`)
  const commandLine = readCommandLine(words, command)
  checkGrace(service("TimeoutStopSec"), commandLine)
  const own = [...service("ExecStart").matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name)
  const set = (service("Environment") ?? "").split(/\s+/).map((pair) => pair.split("=")[0])
  for (const name of own) assert(set.includes(name), `Environment= gives ${name} no value`)
  checkVariables(
    set.filter((name) => !own.includes(name)),
    command
  )
  const advised = [...text.matchAll(/^# {3}([A-Z_]+)=/gm)].map(([, name]) => name)
  checkVariables(advised, command)
  return `${list(commandLine.keys())}; stops within ${service("TimeoutStopSec")}; names ${list(advised)}`
}

/** Where the services are right that others wait for. */
const checkConditions = (services) => {
  for (const [name, { depends_on = {} }] of Object.entries(services)) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      assert(services[other] !== undefined, `${name} depends on ${other}, which is not there`)
      const asks = condition !== "service_healthy" || services[other].healthcheck !== undefined
      assert(asks, `${name} waits for ${other} to be healthy, which has no healthcheck`)
    }
  }
}

export const checkCompose = (text, example, command) => {
  const { services, volumes } = parse(text, { merge: true, strict: true })
  const workers = Object.entries(services).filter(([, { image }]) => image === "openrouter-images")
  assert(workers.length === 2, `it has ${workers.length} workers, not 2`)
  checkConditions(services)
  const ports = []
  for (const [name, service] of workers) {
    assert(!isRoot(service.user) && !service.privileged, `${name} runs as root`)
    const commandLine = readCommandLine(service.command, command)
    assert(commandLine.get("--host") === name, `${name} is not reached at --host ${commandLine.get("--host")}`)
    checkGrace(service.stop_grace_period, commandLine)
    checkVariables(Object.keys(service.environment), command)
    const port = portOf(commandLine.get("--monitor"))
    assert(service.healthcheck.test.join(" ").includes(`127.0.0.1:${port}/ready`), `${name}: not asked at ${port}`)
    if (!commandLine.has("--view")) continue
    assert("OPENROUTER_IMAGES_VIEW_TOKEN" in service.environment, `${name} has a view and no secret`)
    ports.push(portOf(commandLine.get("--view")))
    assert(service.ports.join() === `127.0.0.1:${ports[0]}:${ports[0]}`, `${name} publishes ${service.ports}`)
  }
  assert(ports.length === 1, `${ports.length} workers have a view`)
  const kept = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(":")[0]))
  assert(list(kept.sort()) === list(Object.keys(volumes).sort()), `its volumes are ${list(kept)}`)
  for (const [name, { image }] of Object.entries(services)) {
    const pinned = image === "openrouter-images" || /:[\w.-]*\d/.test(image)
    assert(pinned, `${name} has an image without a version: ${image}`)
  }
  const used = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name))
  const offered = new Set([...example.matchAll(/^(\w+)=/gm)].map(([, name]) => name))
  assert(list([...used].sort()) === list([...offered].sort()), `.env.example has ${list(offered)}, not ${list(used)}`)
  return `${list(Object.keys(services))}; its secrets are those of .env.example: ${list(offered)}`
}

const isWithin = (part, whole) => Object.entries(part).every(([name, value]) => whole[name] === value)

const checkPod = ({ containers, securityContext, terminationGracePeriodSeconds }, secret, command) => {
  const [container] = containers
  const commandLine = readCommandLine(container.args, command)
  checkGrace(terminationGracePeriodSeconds, commandLine)
  assert(securityContext.runAsNonRoot && securityContext.runAsUser > 0, "the pod may run as root")
  const { allowPrivilegeEscalation, capabilities, readOnlyRootFilesystem } = container.securityContext
  assert(!allowPrivilegeEscalation && readOnlyRootFilesystem, "the container may gain rights, or write")
  assert(list(capabilities.drop) === "ALL", "the container keeps capabilities")
  assert(container.resources.requests && container.resources.limits, "the container has no resources")
  const own = container.env.map(({ name }) => name)
  const used = [...container.args.join(" ").matchAll(/\$\((\w+)\)/g)].map(([, name]) => name)
  assert(list(own) === list(used), `env has ${list(own)}, the arguments use ${list(used)}`)
  assert(container.envFrom[0].secretRef.name === secret.metadata.name, "it reads another Secret")
  const portNamed = (name) => container.ports.find((port) => port.name === name)?.containerPort
  const paths = { startupProbe: "/health", livenessProbe: "/health", readinessProbe: "/ready" }
  for (const [probe, path] of Object.entries(paths)) {
    const { httpGet } = container[probe]
    assert(httpGet.path === path, `${probe} asks ${httpGet.path}`)
    const port = portOf(commandLine.get("--monitor"))
    assert(portNamed(httpGet.port) === port, `${probe} does not ask port ${port}`)
  }
  assert(portNamed("view") === portOf(commandLine.get("--view")), "the port of the view is another")
  assert(portNamed("worker") === Number(commandLine.get("--port")), "the port of the worker is another")
  assert(commandLine.get("--host") === "$(POD_IP)", "other workers do not reach it at POD_IP")
  return commandLine
}

/** The documents of kubernetes.yaml by their kind. */
export const readKubernetes = (text) => {
  const documents = parseAllDocuments(text, { strict: true }).map((document) => {
    assert(document.errors.length === 0, document.errors.join("\n"))
    return document.toJS()
  })
  for (const { apiVersion, kind, metadata } of documents) {
    assert(apiVersion && kind && metadata?.name, `a document has no apiVersion, kind or name: ${kind}`)
  }
  return Object.fromEntries(documents.map((document) => [document.kind, document]))
}

export const checkKubernetes = (text, command) => {
  const { Deployment, PodDisruptionBudget, Secret, Service } = readKubernetes(text)
  const { template } = Deployment.spec
  const commandLine = checkPod(template.spec, Secret, command)
  checkVariables(Object.keys(Secret.stringData), command)
  const advised = [...text.matchAll(/^ *# ([A-Z][A-Z0-9_]+): /gm)].map(([, name]) => name)
  checkVariables(advised, command)
  for (const [name, labels] of [
    ["Deployment", Deployment.spec.selector.matchLabels],
    ["Service", Service.spec.selector],
    ["PodDisruptionBudget", PodDisruptionBudget.spec.selector.matchLabels]
  ]) {
    assert(isWithin(labels, template.metadata.labels), `${name} does not select the pods`)
  }
  const [{ targetPort }] = Service.spec.ports
  assert(targetPort === "view", `the Service leads to ${targetPort}`)
  const keys = list(Object.keys(Secret.stringData))
  return `${list(commandLine.keys())}; probes, selectors and ports fit; the Secret has ${keys}`
}
