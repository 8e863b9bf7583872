/** Repairs @effect/cli 3, and goes away with Effect 4's cli: the completion scripts that it writes, made to work. */

/** Each file is one word, whatever is in its name. Outside of a completion there is no compopt. */
const files = `mapfile -t COMPREPLY < <(compgen -f -- "\${cur}"); compopt -o filenames 2>/dev/null`

/**
 * In its script for bash the program's name stands as it is where it is set, and with `__` for its hyphen where it is asked for, so that no
 * option of a command would ever be offered. A command below another stands in it with commas where the script has `__` by then, and in the one for zsh
 * its function is asked for by a name that it does not have. The value of an option is completed to itself, where most are files, or to files whose names
 * come apart at their spaces.
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
