/** Where the API is. */

export const openRouter = "https://openrouter.ai/api/v1"

/** Whether no request to this address leaves the machine, as is so with the emulator. */
export const staysHere = (baseUrl: string): boolean =>
  URL.canParse(baseUrl) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(baseUrl).hostname)

/**
 * `?api=` in the page's own address, else what the page was built with, else OpenRouter. Anybody can make a link to this page, so the query may
 * name only this machine: else a link could send the key that is typed here to a stranger.
 */
export const baseUrlOf = (query: string, built: string | undefined): string => {
  const asked = new URLSearchParams(query).get("api")
  return asked !== null && staysHere(asked) ? asked : built || openRouter
}
