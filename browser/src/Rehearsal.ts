/** What the emulator can be told to do with the next generation, so that each state of the page can be seen without OpenRouter. */

export interface Rehearsal {
  readonly id: string
  readonly label: string
  /** The emulator's fault, as its README has it. */
  readonly fault?: object
}

export const rehearsals: ReadonlyArray<Rehearsal> = [
  {
    id: "pace",
    label: "takes its time",
    fault: { _tag: "Pace", keepAlives: 20, chunkBytes: 8192, everyMillis: 60 }
  },
  { id: "plain", label: "answers at once" },
  { id: "credits", label: "finds no credits (402)", fault: { _tag: "Status", status: 402 } },
  {
    id: "moderation",
    label: "refuses the prompt (403)",
    fault: {
      _tag: "Status",
      status: 403,
      error: { message: "The prompt was refused", metadata: { reasons: ["violence"] } }
    }
  },
  {
    id: "error",
    label: "fails within the stream",
    fault: { _tag: "Stream", how: "error", chunkBytes: 8192, everyMillis: 60 }
  },
  { id: "reset", label: "loses the connection", fault: { _tag: "Reset", at: "body" } }
]

/** The emulator takes a fault from the request itself. */
export const headersOf = (id: string): Readonly<Record<string, string>> => {
  const fault = rehearsals.find((rehearsal) => rehearsal.id === id)?.fault
  return fault === undefined ? {} : { "x-emulator-fault": JSON.stringify(fault) }
}
