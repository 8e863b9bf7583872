/**
 * A functional client for OpenRouter's Images API.
 *
 * @since 0.1.0
 */
export * as Batch from "./Batch.js"
export * as Budget from "./Budget.js"
export * as Cache from "./Cache.js"
export * as Catalog from "./Catalog.js"
export * as Client from "./Client.js"
export * as Errors from "./Errors.js"
export * as Fallback from "./Fallback.js"
export * as GeneratedImage from "./GeneratedImage.js"
export * as Generations from "./Generations.js"
export * as ImageResizer from "./ImageResizer.js"
export * as ImageStream from "./ImageStream.js"
export * as Images from "./Images.js"
export * as InputReference from "./InputReference.js"
export * as Issue from "./Issue.js"
export * as Key from "./Key.js"
export * as Markup from "./Markup.js"
export * as Preflight from "./Preflight.js"
export * as Provenance from "./Provenance.js"
export * as Quote from "./Quote.js"
export * as RateLimit from "./RateLimit.js"
export * as Reconcile from "./Reconcile.js"
export * as Retry from "./Retry.js"
export * as ImagesSchema from "./Schema/index.js"
export * as Telemetry from "./Telemetry.js"
