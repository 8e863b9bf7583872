// What a measurement asks the server for, written as the prompt of its request.

export interface Answer {
  /** Bytes of each picture; of a stream all but the last are previews. */
  readonly sizes: ReadonlyArray<number>
  readonly stream: boolean
  readonly delayMillis: number
}

/** `4194304,16777216@50`: the sizes, and how many milliseconds the server waits. */
export const promptOf = (sizes: ReadonlyArray<number>, delayMillis = 0): string => `${sizes.join(",")}@${delayMillis}`

/** The body of a request as the answer that it asks for. */
export const parsePrompt = (body: string): Answer => {
  const { prompt, stream = false } = JSON.parse(body) as { readonly prompt: string; readonly stream?: boolean }
  const [sizes = "", delay = "0"] = prompt.split("@")
  return { sizes: sizes.split(",").map(Number), stream, delayMillis: Number(delay) }
}
