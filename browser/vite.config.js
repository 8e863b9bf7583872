import { defineConfig } from "vite"

const openRouter = "https://openrouter.ai/api/v1"
const api = process.env["VITE_BASE_URL"] || openRouter

/** A page that is given a key runs no script but its own, and speaks with nobody but the API (or an emulator on this machine). */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src blob: data:",
  `connect-src ${new URL(api).origin} http://127.0.0.1:* http://localhost:*`,
  "base-uri 'none'",
  "form-action 'none'"
].join("; ")

/** Of the built page only: Vite's dev server brings scripts and styles within the page. */
const contentSecurityPolicy = {
  name: "content-security-policy",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: policy },
      injectTo: "head-prepend"
    }
  ]
}

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  clearScreen: false,
  plugins: [contentSecurityPolicy],
  build: { target: "es2022", modulePreload: { polyfill: false } }
})
