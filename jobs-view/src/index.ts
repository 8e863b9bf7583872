/**
 * Jobs in a browser.
 *
 * @since 0.1.0
 */
export * as View from "./View.js"
