/** Repairs @effect/cli 3, and goes away with Effect 4's cli: the completion scripts that it writes, made to work. */

/** Each file is one word, whatever is in its name. Outside of a completion there is no compopt. */
const files = `mapfile -t COMPREPLY < <(compgen -f -- "\${cur}"); compopt -o filenames 2>/dev/null`

/**
 * The script for bash sets the program's name as it is, and compares it with `__` in place of the hyphen, so that it
 * would never offer an option. It names a command below another with commas where it later has `__`. The script for zsh
 * calls the function of such a command by a name that does not exist. Both complete the value of an option to itself,
 * or to files whose names break at spaces.
 */
export const repair = (script: string): string =>
  script
    .replaceAll('cmd="openrouter-images"', 'cmd="openrouter__images"')
    .replace(/^( *)openrouter-images\)$/m, "$1openrouter__images)")
    .replace(
      /^( *openrouter__images)((?:,\w+)+)(,\w+\))$/gm,
      (_, program: string, outer: string, inner: string) => program + outer.replaceAll(",", "__") + inner
    )
    .replaceAll('":: :_openrouter-images__', '":: :_openrouter__images__')
    .replace(/COMPREPLY=\( (?:\$\(compgen -f "\$\{cur\}"\)|"\$\{cur\}") \)/g, () => files)
