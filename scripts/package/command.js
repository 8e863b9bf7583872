// The packed commands, each alone in an empty folder, as their users install them.
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import { begin, install, run } from "./consumer.js"

/** What such a package has: the command, its bundle with the licences in it, and what npm adds. */
const expected =
  /^(bin\/openrouter-images(-mcp)?\.js|dist\/[\w.-]+\.js|dist\/THIRD-PARTY-NOTICES|package\.json|README\.md|LICENSE)$/

const assert = (condition, problem) => {
  if (!condition) throw new Error(problem)
}

/** Packs the command of a room into the folder `to`, and installs it in another one. */
const installed = (room, { folder, to }) => {
  const pack = ["pack", "--json", "--loglevel", "error", "--ignore-scripts", "-w", room, "--pack-destination", to]
  const [{ filename, files, name, size }] = JSON.parse(run("npm", pack))
  const others = files.map(({ path }) => path).filter((path) => !expected.test(path))
  assert(others.length === 0, `${name} has more than it needs: ${others.join(", ")}`)

  begin(folder)
  run("npm", install([join(to, filename)]), { cwd: folder })
  assert(!existsSync(join(folder, "node_modules/effect")), `${name} brings what is in its bundle`)
  return { files: files.length, name, size }
}

/** Installs the command, and makes a picture with it. */
export const useCommand = ({ folder, to }) => {
  const { files, name, size } = installed("cli", { folder, to })
  const { OPENROUTER_API_KEY: _, ...env } = process.env
  const call = (...args) => spawnSync("npx", ["--no-install", name, ...args], { cwd: folder, encoding: "utf8", env })
  const made = call("generate", "a red panda, 小熊猫 🐼, लाल पांडा", "--emulator", "--out", "pictures")
  const isThere = made.status === 0 && readdirSync(join(folder, "pictures")).length === 1
  assert(isThere && made.stderr.includes("nothing is billed"), `${name} makes no picture: ${made.stderr}`)
  const jobs = call("job", "list")
  assert(jobs.status === 2 && jobs.stderr.includes("npm install effect-openrouter-images-jobs"), jobs.stderr)
  const server = call("mcp")
  assert(server.status === 2 && server.stderr.includes("npm install effect-openrouter-images-mcp"), server.stderr)
  return { files, name, size }
}

/** Installs the server of agents, and has an agent make a picture. */
export const useServer = async ({ folder, to }) => {
  const { files, name, size } = installed("mcp", { folder, to })
  const transport = new StdioClientTransport({
    command: "npx",
    args: [
      "--no-install",
      "openrouter-images-mcp",
      "--emulator",
      "--output",
      "pictures",
      "--budget-file",
      "budget.json"
    ],
    cwd: folder,
    stderr: "ignore"
  })
  const client = new Client({ name: "agent", version: "1.0.0" })
  await client.connect(transport)
  const { content, isError } = await client.callTool({ name: "generate", arguments: { prompt: "a red panda" } })
  await client.close()
  const isThere = readdirSync(join(folder, "pictures")).length === 1
  assert(
    !isError && isThere && content.some(({ type }) => type === "image"),
    `${name} makes no picture: ${content[0].text}`
  )
  return { files, name, size }
}
