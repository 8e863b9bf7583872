/** What to do where there is no key, and how to set the variable that it comes from, if that is known. */
const cure = (variable: string | undefined): string => {
  const set = variable === undefined ? "" : `, then \`export ${variable}=sk-or-...\``
  return `Get a key at https://openrouter.ai/settings/keys${set}. The emulator (effect-openrouter-images-emulator) takes any text as a key.`
}

/** Says that a variable is not there. It follows the variable's name. */
export const notSet = (variable: string): string => `is not set. ${cure(variable)}`

/** Says that a key is empty. It follows the name of the option, or of the variable that the key comes from. */
export const emptyKey = (variable: string | undefined): string => `is empty. ${cure(variable)}`
