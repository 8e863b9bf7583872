/** The completion scripts that @effect/cli writes, made to work. */

/**
 * In its script for bash the program's name stands as it is where it is set, and with `__` for its hyphen where it is asked for, so that no
 * option of a command would ever be offered. And the value of an option is completed to itself, where most are files.
 */
export const repaired = (script: string): string =>
  script
    .replaceAll('cmd="openrouter-images"', 'cmd="openrouter__images"')
    .replace(/^( *)openrouter-images\)$/m, "$1openrouter__images)")
    .replaceAll(`COMPREPLY=( "\${cur}" )`, () => `COMPREPLY=( $(compgen -f -- "\${cur}") )`)
