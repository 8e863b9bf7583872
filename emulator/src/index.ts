/** OpenRouter's Images API, emulated. */
export * as Catalogue from "./catalogue/Catalogue.js"
export * as Picture from "./drawing/Picture.js"
export * as Emulator from "./Emulator.js"
export * as Fault from "./faults/Fault.js"
export * as Checks from "./requests/Checks.js"
export * as Price from "./requests/Price.js"
