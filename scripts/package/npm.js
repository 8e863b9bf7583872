// npm as a process. `npm run` says where its own program is, which works on every platform; there is no `npm` to start by
// that name on Windows.
import { execFileSync } from "node:child_process"

const program = process.env.npm_execpath ?? ""
const [command, before] = program.endsWith("npm-cli.js") ? [process.execPath, [program]] : ["npm", []]

/** Runs npm and gives what it prints. */
export const npm = (args, options) =>
  execFileSync(command, [...before, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], ...options })
