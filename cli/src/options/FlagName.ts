/** `aspectRatio` is `--aspect-ratio`; a single letter has one hyphen. */
export const flagName = (key: string): string =>
  key.length === 1 ? `-${key}` : `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
