// Pictures for other programs of one's own, without the key. Requests, answers, events and errors are Schemas already, so the contract is only
// their names.
import { Rpc, RpcGroup } from "@effect/rpc"
import { Errors, ImagesSchema } from "effect-openrouter-images"

export class PictureRpcs extends RpcGroup.make(
  Rpc.make("Generate", {
    payload: ImagesSchema.ImageGenerationRequest,
    success: ImagesSchema.ImageGenerationResponse,
    error: Errors.GenerateError
  }),
  Rpc.make("GenerateStream", {
    payload: ImagesSchema.ImageGenerationRequest,
    success: ImagesSchema.ImageStreamEvent,
    error: Errors.GenerateStreamError,
    stream: true
  })
) {}
