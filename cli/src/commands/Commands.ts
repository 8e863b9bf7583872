/** All commands of the program. */
import * as Batch from "./batch/Batch.js"
import * as Command from "./Command.js"
import * as Check from "./catalog/Check.js"
import * as Endpoints from "./catalog/Endpoints.js"
import * as Models from "./catalog/Models.js"
import * as Quote from "./catalog/Quote.js"
import * as Compare from "./compare/Compare.js"
import * as Cost from "./cost/Cost.js"
import * as Gallery from "./gallery/Gallery.js"
import * as Generate from "./generate/Generate.js"
import * as Regenerate from "./generate/Regenerate.js"
import * as Help from "./help/Help.js"
import * as Job from "./job/Job.js"
import * as Key from "./key/Key.js"
import * as Mcp from "./mcp/Mcp.js"

export const program: Command.Command = Command.program(
  {
    name: "openrouter-images",
    summary: "Pictures from OpenRouter, in a terminal",
    examples: ["openrouter-images generate 'a red panda' --emulator", "openrouter-images gallery --open"]
  },
  [
    Generate.command,
    Regenerate.command,
    Batch.command,
    Compare.command,
    Gallery.command,
    Quote.command,
    Check.command,
    Models.command,
    Endpoints.command,
    Cost.command,
    Key.command,
    Job.command,
    Mcp.command,
    Help.make(() => program)
  ]
)
