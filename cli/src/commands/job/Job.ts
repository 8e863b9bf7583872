/** `openrouter-images job`: its commands. */
import * as Command from "../Command.js"
import * as Cancel from "./Cancel.js"
import * as Decide from "./Decide.js"
import * as Events from "./Events.js"
import * as List from "./List.js"
import * as Pause from "./Pause.js"
import * as Remove from "./Remove.js"
import * as Results from "./Results.js"
import * as Resume from "./Resume.js"
import * as Retry from "./Retry.js"
import * as Status from "./Status.js"
import * as Submit from "./Submit.js"
import * as Sweep from "./Sweep.js"
import * as Watch from "./Watch.js"
import * as Worker from "./worker/Worker.js"

export const command = Command.group(
  {
    name: "job",
    summary: "Durable jobs: many pictures, each paid for once, across crashes and machines",
    stdout:
      "tables and lines of progress on stdout; `job results` prints paths, and writes results.jsonl into its folder",
    examples: ["openrouter-images job submit meadows.jsonl", "openrouter-images job worker --until-done"]
  },
  [
    Submit.command,
    Worker.command,
    Watch.command,
    List.command,
    Status.command,
    Results.command,
    Pause.command,
    Resume.command,
    Cancel.command,
    Retry.command,
    Decide.command,
    Events.command,
    Remove.command,
    Sweep.command
  ]
)
