// The app: it wants a picture, and does not know whose. Its layers choose the provider.

import { Effect } from "effect"
import { Model } from "effect/ai"
import * as ImageModel from "./ImageModel.js"

/** The poster of a play, who drew it, and what it cost where that is known. */
export const poster = (title: string) =>
  Effect.gen(function* () {
    const provider = yield* Model.ProviderName
    const { images, metadata } = yield* ImageModel.generate({ prompt: `a poster for "${title}"`, size: "1024x1024" })
    return { provider, images, costUsd: metadata.openrouterImages?.costUsd ?? undefined }
  })
