/** What to do where there is no key. */
const cure = (variable: string | undefined): string => {
  const set = variable === undefined ? "" : ` Set it: export ${variable}=sk-or-...`
  return `https://openrouter.ai/settings/keys makes one; for the emulator (effect-openrouter-images-emulator) any text will do.${set}`
}

/** Says that a variable is not there. It follows the variable's name. */
export const notSet = (variable: string): string => `is not set and must hold your OpenRouter key. ${cure(variable)}`

/** Says that a key is empty. It follows the name of the option, or of the variable that the key comes from. */
export const emptyKey = (variable: string | undefined): string =>
  `is empty and must hold your OpenRouter key. ${cure(variable)}`
