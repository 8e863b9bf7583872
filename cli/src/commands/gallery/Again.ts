/** How to make a picture again. */
import type { Provenance } from "effect-openrouter-images"
import * as CommandLine from "../../options/CommandLine.js"
import { sanitize } from "../../output/Text.js"

/** A command line, and which of its words stand for pictures that have to be given. */
export interface Again {
  readonly command: string
  readonly missing: ReadonlyArray<string>
}

/** A reference that was sent within the request has left nothing but the beginning of its address. */
const isWithin = (url: string): boolean => /^data:/i.test(url)

/**
 * The `generate` of the picture's request, for one picture as `regenerate` makes it. No control character is in it: in a
 * terminal it would act as a key. A word for each missing reference keeps the command from making another picture.
 */
export const of = ({ request }: Provenance.Provenance, emulated: boolean): Again => {
  const { n: _, ...one } = request
  const references = (one.inputReferences ?? []).map(({ imageUrl }, i) =>
    isWithin(imageUrl.url) ? `PICTURE-${i + 1}` : imageUrl.url
  )
  return {
    command: sanitize(CommandLine.of(one, one, { emulator: emulated, reference: references })),
    missing: references.filter((_, i) => isWithin(one.inputReferences?.[i]?.imageUrl.url ?? ""))
  }
}
