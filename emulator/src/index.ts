/** OpenRouter's Images API, emulated. */
export * as Catalogue from "./Catalogue.js"
export * as Checks from "./Checks.js"
export * as Emulator from "./Emulator.js"
export * as Fault from "./Fault.js"
export * as Picture from "./Picture.js"
export * as Price from "./Price.js"
