#!/usr/bin/env node
import * as Cli from "./Cli.js"
import { runMain } from "./Process.js"

runMain(Cli.run(process.argv))
