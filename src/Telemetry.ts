/**
 * Spans and metrics of generations, by OpenTelemetry's semantic conventions for generative AI.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { GeneratedImage } from "./GeneratedImage.js"
import { Images, type Service } from "./Images.js"
import { bestEffortOption } from "./internal/layer/bestEffort.js"
import { onCompletion } from "./internal/layer/onCompletion.js"
import { over } from "./internal/layer/over.js"
import * as GenAi from "./internal/telemetry/attributes.js"
import { observe } from "./internal/telemetry/observation.js"
import { childOf, openSpan, streamChildOf } from "./internal/telemetry/span.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"
import type { ImageGenerationUsage } from "./Schema/ImageGenerationUsage.js"

/**
 * What spans record besides numbers and names.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Record the prompt and the addresses of references, as `gen_ai.input.messages`. Default: false. */
  readonly recordPrompts?: boolean | undefined
  /**
   * Record the pictures, as base64 in `gen_ai.output.messages`, and references that are pictures. They are megabytes.
   * Default: false.
   */
  readonly recordPictures?: boolean | undefined
}

/** Records only a prompt that is text, of any length. The layers below refuse an invalid request. */
const spanOf = (request: ImageGenerationRequest, content: GenAi.Content) =>
  Effect.flatMap(
    bestEffortOption("A span knows nothing of its request", () =>
      Effect.sync(() => GenAi.requestAttributes(request, content))
    ),
    (attributes) => openSpan(GenAi.spanName(request), { attributes: Option.getOrUndefined(attributes), kind: "client" })
  )

const generate =
  (images: Service, content: GenAi.Content): Service["generate"] =>
  (request, options) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const open = yield* spanOf(request, content)
        const observation = yield* observe(open.span, request, content)
        const call = restore(images.generate(request, observation.listen(options))).pipe(
          Effect.tap(({ data: images, fallback, request, ...told }) =>
            Effect.sync(() => observation.update({ ...told, images, model: fallback?.model ?? request?.model }))
          ),
          Effect.onExit((exit) => observation.end(exit))
        )
        return yield* Effect.onExit(childOf(open.span)(call), open.end)
      })
    )

const generateStream =
  (images: Service, content: GenAi.Content): Service["generateStream"] =>
  (request, options) =>
    Stream.unwrapScoped(
      Effect.gen(function* () {
        const { span } = yield* Effect.acquireRelease(spanOf(request, content), ({ end }, exit) => end(exit))
        const observation = yield* observe(span, request, content)
        const finished: Array<GeneratedImage> = []
        let exit: Parameters<typeof observation.end>[0]
        // Many consumers stop after the last picture.
        yield* Effect.addFinalizer(() =>
          observation.end(exit ?? (finished.length >= (request.n ?? 1) ? Exit.void : undefined))
        )
        let used: ImageGenerationUsage | undefined
        return onCompletion(images.generateStream(request, observation.listen(options)), {
          onCompleted: ({ calls, generationId, image, model, usage = used }) => {
            finished.push(image)
            used = usage
            observation.update({ images: finished, usage, generationId, model, calls })
          },
          onEnd: (how) => {
            exit = how
          }
        }).pipe(streamChildOf(span))
      })
    )

/**
 * `Images` whose generations each have a span, `generate_content {model}` of kind client, around all attempts of the
 * call. Metrics count them. Discovery has no span: the conventions have no name for it. Neither prompt nor picture is
 * recorded unless you ask for it.
 *
 * A span records:
 *
 * - the request: `gen_ai.request.model`, `.seed`, `.choice.count`, `gen_ai.output.type`;
 * - the result: `gen_ai.response.id`, `gen_ai.usage.input_tokens`, `.output_tokens`, `openrouter.images`, `.calls` (where
 *   `Split` made several), `.cost_usd`, `.attempts`;
 * - of a failure: `error.type` (the error's tag, or `cancelled`), `openrouter.billing` and `http.response.status_code`;
 * - each picture that is not what was asked for (see `GeneratedImage.deviation`), as an event `picture deviates` with
 *   what was asked and delivered, such as `openrouter.deviation.size.asked` and `.delivered`; how many there are, as
 *   `openrouter.deviations`;
 * - each failed attempt, as an event.
 *
 * The metrics are `gen_ai.client.operation.duration` (seconds), `gen_ai.client.token.usage`, and the counters
 * `openrouter.client.cost` (US dollars), `openrouter.client.images` and `openrouter.client.failed_attempts`, by model
 * and error.
 *
 * A tracer that records exceptions also records the error's message, which is the server's and may repeat the prompt.
 *
 * Above a `Fallback` or a `Cache` a span shows what the program asked for, below them what was sent. Put the layer
 * where you want to look.
 *
 * @since 0.1.0
 * @category layers
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer } from "effect"
 * import { Client, Images, Telemetry } from "effect-openrouter-images"
 *
 * const ImagesLive = Telemetry.layer().pipe(
 *   Layer.provide(Images.layer),
 *   Layer.provide(Client.layerConfig()),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 */
export const layer = ({
  recordPictures: pictures = false,
  recordPrompts: prompts = false
}: Options = {}): Layer.Layer<Images, never, Images> =>
  Layer.effect(
    Images,
    Effect.map(Images, (images) => {
      const content = { prompts, pictures }
      return over(images, {
        generate: generate(images, content),
        generateStream: generateStream(images, content)
      })
    })
  )
