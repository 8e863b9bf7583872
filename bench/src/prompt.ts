// What a measurement asks the server for, written as the prompt of its request.

export interface Answer {
  /** Bytes of each picture; of a stream all but the last are previews. */
  readonly sizes: ReadonlyArray<number>
  readonly stream: boolean
  readonly delayMillis: number
}

/** `4194304,16777216@50`: the sizes, and how many milliseconds the server waits. */
export const promptOf = (sizes: ReadonlyArray<number>, delayMillis = 0): string => `${sizes.join(",")}@${delayMillis}`

export const parseSizes = (prompt: string): ReadonlyArray<number> => (prompt.split("@")[0] ?? "").split(",").map(Number)

/** The body of a request as the answer that it asks for. */
export const parsePrompt = (body: string): Answer => {
  const { prompt, stream = false } = JSON.parse(body) as { readonly prompt: string; readonly stream?: boolean }
  return { sizes: parseSizes(prompt), stream, delayMillis: Number(prompt.split("@")[1] ?? 0) }
}
