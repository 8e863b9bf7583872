#!/usr/bin/env node
// npm links a command only when its file is there at the time of `npm ci`, which is before the build.
import "../dist/main.js"
