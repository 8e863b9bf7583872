/**
 * Jobs that outlive the process. The engines are modules of their own: `effect-openrouter-images-jobs/Memory`,
 * `/Sqlite` and `/Postgres`. So are the store of a bucket, `/S3`, what a supervisor asks a worker, `/Monitor`, and
 * messages to a server of yours, `/Callbacks`.
 *
 * @since 0.1.0
 */
export * as JobErrors from "./Errors.js"
export * as GenerateImage from "./GenerateImage.js"
export * as Generation from "./Generation.js"
export * as ImageStore from "./ImageStore.js"
export * as Jobs from "./Jobs.js"
export * as Worker from "./Worker.js"
