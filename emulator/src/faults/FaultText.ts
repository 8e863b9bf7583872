/** Faults as JSON text: from the header of a request, and as a script. */
import { reader } from "../requests/JsonText.js"
import * as Fault from "./Fault.js"

const aFault = 'a fault such as {"_tag":"Status","status":503}'

/** The value of the header `x-emulator-fault`. */
export const readFault = reader(Fault.header, aFault, Fault.Fault)

/** The body of `POST /emulator/script`. */
export const readScript = reader(
  "script",
  'a list of faults such as [{"_tag":"Status","status":503}, null]',
  Fault.Script
)
