/** A picture that a command line names: where it comes from. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { Provenance } from "effect-openrouter-images"
import { FileError, systemMessage } from "../failure/Failure.js"

const refusal = (problem: string, advice: string): FileError =>
  new FileError({ problem, cost: "Nothing was billed.", advice })

/** The provenance in the file or its sidecar. */
export const provenanceOf = (file: string): Effect.Effect<Provenance.Provenance, FileError, FileSystem.FileSystem> =>
  Provenance.readFile(file).pipe(
    Effect.mapError((error) => refusal(`${file} cannot be read: ${systemMessage(error)}.`, "Name a picture.")),
    Effect.flatMap((found) =>
      Effect.mapError(found, () =>
        refusal(
          `${file} does not say where it comes from.`,
          "Name a picture that was saved with its provenance; a signed one has it in a file beside it that ends in .xmp."
        )
      )
    )
  )

/** The generation that made the picture. */
export const generationOf = (file: string): Effect.Effect<string, FileError, FileSystem.FileSystem> =>
  Effect.flatMap(provenanceOf(file), ({ generationId }) =>
    generationId === undefined
      ? refusal(`${file} does not name its generation: the server told no id.`, "Look at the account's activity.")
      : Effect.succeed(generationId)
  )
