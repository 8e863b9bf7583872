// What a measurement asks the server for, written as the prompt of its request.

/** Bytes of each picture, and of each preview that comes before them in a stream. */
export interface Pictures {
  readonly sizes: ReadonlyArray<number>
  readonly previews: ReadonlyArray<number>
}

export interface Answer extends Pictures {
  readonly stream: boolean
  readonly delayMillis: number
}

/** `4194304;16777216@50`: previews, pictures, and how many milliseconds the server waits. */
export const promptOf = ({ previews, sizes }: Pictures, delayMillis = 0): string =>
  `${previews.join(",")};${sizes.join(",")}@${delayMillis}`

const numbersIn = (text = ""): ReadonlyArray<number> => (text === "" ? [] : text.split(",").map(Number))

export const parsePictures = (prompt: string): Pictures => {
  const [previews, sizes] = (prompt.split("@")[0] ?? "").split(";")
  return { previews: numbersIn(previews), sizes: numbersIn(sizes) }
}

/** The body of a request as the answer that it asks for. */
export const parsePrompt = (body: string): Answer => {
  const { prompt, stream = false } = JSON.parse(body) as { readonly prompt: string; readonly stream?: boolean }
  return { ...parsePictures(prompt), stream, delayMillis: Number(prompt.split("@")[1] ?? 0) }
}
