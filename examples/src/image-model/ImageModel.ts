// A model that makes pictures, as a service beside `LanguageModel` and `EmbeddingModel` of `@effect/ai`. It has their parts: references are
// files of a prompt, pictures are files of a response, and a failure is an AiError.
import { type AiError, type Prompt, Response } from "@effect/ai"
import { Context, Effect, Stream, Tracer } from "effect"

/** The service of whichever provider the program's layers choose. */
export class ImageModel extends Context.Tag("image-model/ImageModel")<ImageModel, Service>() {}

export interface Service {
  readonly generate: (options: GenerateOptions) => Effect.Effect<GenerateResponse, AiError.AiError>
  readonly stream: (options: GenerateOptions) => Stream.Stream<StreamPart, AiError.AiError>
}

/**
 * A picture to work from: a file of a prompt, or a picture that a model made. As in prompts, a string holds base64.
 */
export type Reference = Pick<Prompt.FilePart, "data" | "mediaType">

/** What most providers take. What only one takes belongs to the layer of that provider. */
export interface GenerateOptions {
  readonly prompt: string
  readonly references?: ReadonlyArray<Reference> | undefined
  /** How many pictures. Default: 1. Fewer may come back. */
  readonly n?: number | undefined
  /** Width and height in pixels. Default: the provider's. */
  readonly size?: `${number}x${number}` | undefined
  /** Width to height. Default: the provider's. */
  readonly aspectRatio?: `${number}:${number}` | undefined
  readonly seed?: number | undefined
}

export type Part = Response.ResponseMetadataPart | Response.FilePart | Response.FinishPart

/** A picture that is not finished. A later one takes its place. */
export interface PreviewPart {
  readonly type: "preview"
  /** From 0. */
  readonly index: number
  readonly image: Response.FilePart
}

/** The parts of an answer as they come, with previews where the provider has them. */
export type StreamPart = PreviewPart | Part

const unknownUsage = new Response.Usage({ inputTokens: undefined, outputTokens: undefined, totalTokens: undefined })

export class GenerateResponse {
  constructor(readonly content: ReadonlyArray<Part>) {}

  /** The finished pictures, in order. */
  get images(): ReadonlyArray<Response.FilePart> {
    return this.content.filter((part) => part.type === "file")
  }

  /** The tokens, each `undefined` where the provider does not count it. */
  get usage(): Response.Usage {
    return this.finish?.usage ?? unknownUsage
  }

  /** What only this provider says of its answer, by provider. */
  get metadata(): Response.FinishPartMetadata {
    return this.finish?.metadata ?? {}
  }

  private get finish(): Response.FinishPart | undefined {
    return this.content.find((part) => part.type === "finish")
  }
}

/** What a provider is given: the options, and the span of the call. */
export interface ProviderOptions extends GenerateOptions {
  readonly references: ReadonlyArray<Reference>
  readonly span: Tracer.Span
}

export interface ConstructorParams {
  readonly generate: (options: ProviderOptions) => Effect.Effect<ReadonlyArray<Part>, AiError.AiError>
  /** Default: what `generate` gives, when it has all of it. */
  readonly stream?: ((options: ProviderOptions) => Stream.Stream<StreamPart, AiError.AiError>) | undefined
}

/** No prompt: what users ask for is not for a tracer. */
const spanOptions = ({ n }: GenerateOptions) => ({
  captureStackTrace: false,
  attributes: { "gen_ai.output.type": "image", ...(n === undefined ? {} : { "gen_ai.request.choice.count": n }) }
})

/** Makes the service of a provider. */
export const make = ({ generate, stream }: ConstructorParams): Service => {
  const streamParts = stream ?? ((options: ProviderOptions) => Stream.fromIterableEffect(generate(options)))
  return {
    generate: (options) =>
      Effect.useSpan("ImageModel.generate", spanOptions(options), (span) =>
        generate({ ...options, references: options.references ?? [], span }).pipe(
          Effect.map((content) => new GenerateResponse(content)),
          Effect.withParentSpan(span)
        )
      ),
    stream: (options) =>
      Effect.makeSpanScoped("ImageModel.stream", spanOptions(options)).pipe(
        Effect.map((span) =>
          streamParts({ ...options, references: options.references ?? [], span }).pipe(
            Stream.provideService(Tracer.ParentSpan, span)
          )
        ),
        Stream.unwrapScoped
      )
  }
}

/** Makes pictures from a prompt, and from references where the provider takes them. */
export const generate = (options: GenerateOptions): Effect.Effect<GenerateResponse, AiError.AiError, ImageModel> =>
  Effect.flatMap(ImageModel, (model) => model.generate(options))

/** Makes pictures, and shows them on the way. */
export const stream = (options: GenerateOptions): Stream.Stream<StreamPart, AiError.AiError, ImageModel> =>
  Stream.unwrap(Effect.map(ImageModel, (model) => model.stream(options)))
