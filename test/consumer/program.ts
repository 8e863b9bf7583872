// A program as a user writes it, in a folder of its own that has the packed library, effect and @effect/platform.
import { FetchHttpClient } from "@effect/platform"
import { Console, Effect, Layer } from "effect"
import { Client, type Errors, Images } from "effect-openrouter-images"

const say = (error: Errors.GenerateError) => Console.log(`${error._tag}: ${error.billing}`)

const generated = (prompt: string) =>
  Images.generate({ model: "bytedance-seed/seedream-4.5", prompt, resolution: "1K" }).pipe(
    Effect.flatMap(({ data, usage }) => Console.log(data.length, data[0]?.mediaType, data[0]?.dimensions, usage?.cost)),
    Effect.catchTags({
      BadRequestResponseError: say,
      UnauthorizedResponseError: say,
      PaymentRequiredResponseError: say,
      ForbiddenResponseError: say,
      NotFoundResponseError: say,
      PayloadTooLargeResponseError: say,
      TooManyRequestsResponseError: say,
      InternalServerResponseError: say,
      BadGatewayResponseError: say,
      EdgeNetworkTimeoutResponseError: say,
      ProviderOverloadedResponseError: say,
      OpenRouterDefaultError: say,
      ConnectionError: say,
      RequestTimeoutError: say,
      InvalidRequestError: say,
      ResponseValidationError: say,
      BudgetExceededError: say
    })
  )

const program: Effect.Effect<void, never, Images.Images> = Effect.zipRight(generated("a red panda"), generated(""))

const ImagesLive = Images.layer.pipe(Layer.provide(Client.layerConfig()), Layer.provide(FetchHttpClient.layer))

await Effect.runPromise(program.pipe(Effect.provide(ImagesLive)))
