/**
 * The API's requests and answers as Schemas: camelCase on the type side, the API's own names on the wire.
 *
 * @since 0.1.0
 */
export * from "./CatalogSnapshot.js"
export * from "./ErrorResponse.js"
export * from "./Generation.js"
export * from "./GenerationCall.js"
export * from "./ImageEndpoint.js"
export * from "./ImageGenerationProviderPreferences.js"
export {
  AspectRatio,
  Background,
  ImageGenerationRequest,
  type ImageGenerationRequestEncoded,
  OutputFormat,
  Quality,
  Resolution,
  Size
} from "./ImageGenerationRequest.js"
export { type FallbackOutcome, ImageGenerationResponse } from "./ImageGenerationResponse.js"
export * from "./ImageGenerationUsage.js"
export * from "./ImageModel.js"
export * from "./ImageStreamEvent.js"
export * from "./InputReference.js"
export * from "./Key.js"
export * from "./Model.js"
export * from "./OpenEnum.js"
export * from "./ProviderOptions.js"
export * from "./SupportedParameters.js"
