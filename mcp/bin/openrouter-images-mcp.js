#!/usr/bin/env node
// npm links a command only when its file is there at the time of `npm ci`, which is before the build.
import * as module from "node:module"

// Node 22 and later keep the compiled code for the next start; Node 20 cannot.
module.enableCompileCache?.()
await import("../dist/main.js")
